import type {Source} from '../author/source.ts';
import type {Command} from './command.ts';

/** Describes the config. It needs no config and no network. */
export async function* spec<C extends object>(source: Source<C>): Command {
  yield {type: 'SPEC', spec: {...source.spec, protocol_version: '0.2.0'}};
  return true;
}
