// `headwater discover` shows the streams of a source, and `headwater catalog` prints a configured catalog of them.
import {listAt, objectAt} from '../../cdk/json/at.ts';
import {harmless} from '../../process/terminal.ts';
import {type CatalogStream, configureCatalog} from '../../sync/protocol/catalog.ts';
import {aligned, count} from '../../sync/report/format.ts';
import {type SourceFlags, withSource} from './session.ts';
import {streamsNamed} from './streams.ts';

/** The fields of a key, each a path: `id`, `account.id`. */
const pathsOf = (key: readonly unknown[]): string =>
  key.map((path) => (Array.isArray(path) ? path.join('.') : String(path))).join(', ');

const rowOf = ({descriptor, incremental, stream}: CatalogStream): readonly string[] => {
  const {name, namespace} = descriptor;
  const cursor = listAt(stream, 'default_cursor_field').join('.');
  const key = pathsOf(listAt(stream, 'source_defined_primary_key'));
  const fields = Object.keys(objectAt(objectAt(stream, 'json_schema'), 'properties')).length;
  return [
    namespace === undefined ? name : `${namespace}.${name}`,
    incremental ? `incremental by ${cursor || 'the source'}` : 'full refresh',
    key === '' ? 'no key' : `key ${key}`,
    count(fields, 'field'),
  ].map(harmless);
};

export const discover = (given: string | undefined, flags: SourceFlags): Promise<number> =>
  withSource(given, flags, async (session) => {
    const streams = await streamsNamed(session, undefined);
    process.stdout.write(
      aligned(streams.map(rowOf), [3])
        .map((line) => `${line}\n`)
        .join(''),
    );
    return 0;
  });

export type CatalogFlags = SourceFlags & {readonly streams?: readonly string[]};

export const catalog = (given: string | undefined, flags: CatalogFlags): Promise<number> =>
  withSource(given, flags, async (session) => {
    const streams = await streamsNamed(session, flags.streams);
    process.stdout.write(`${JSON.stringify(configureCatalog(streams), null, 2)}\n`);
    return 0;
  });
