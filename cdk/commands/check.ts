import {ConfigError} from '../errors.ts';
import {connectionStatus} from '../protocol/messages.ts';
import type {Source} from '../source.ts';
import type {Command, Input, Runtime} from './command.ts';
import {connect} from './connect.ts';

/** Someone is waiting for the answer: Airbyte's tests allow 30 seconds. */
const IMPATIENT = {attempts: 3, longest: 5_000};

/**
 * Says whether a config works. A fault of the user's is an answer, FAILED; any other is thrown, because it
 * says nothing about the config.
 */
export async function* check<C extends object>(
  source: Source<C>,
  readConfig: Input,
  runtime: Runtime,
): Command {
  try {
    const {close, ...connection} = await connect(source, readConfig, runtime, {retry: IMPATIENT});
    await source.check(connection).finally(close);
    yield connectionStatus('SUCCEEDED');
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    yield connectionStatus('FAILED', error.message);
  }
  return true;
}
