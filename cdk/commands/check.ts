import {setTimeout as delay} from 'node:timers/promises';
import {unlessAborted} from '../abort.ts';
import type {Source} from '../author/source.ts';
import {ConfigError, stackOf, TransientError} from '../errors.ts';
import type {Clock} from '../http/limits/clock.ts';
import {connectionStatus} from '../protocol/messages.ts';
import type {Command, Input, Runtime} from './command.ts';
import {connect} from './connect.ts';

/** Fewer and shorter retries than a read: Airbyte's tests allow a check 30 seconds. */
const RETRY = {attempts: 3, longest: {seconds: 5}};

/** Three attempts at an address that swallows everything must end within the limit. */
const TIMEOUTS = {connect: {seconds: 6}};

/** Bounds the whole check, references and tokens included, in milliseconds. The limits of single requests add up to more. */
const LIMIT = 25_000;

/** Does not keep the process alive, so that a promise that never settles is reported at once. */
const inBackground: NonNullable<Clock['limit']> = (ms, signal) =>
  delay(ms, undefined, {signal, ref: false});

/** Rejects after the limit. Requests of the client end with the signal; any other work is abandoned. */
const within = async (
  {signal, clock}: Runtime,
  work: (signal: AbortSignal) => Promise<unknown>,
  pending: () => readonly string[],
): Promise<void> => {
  const done = new AbortController();
  const late = new AbortController();
  const giveUp = (): void => {
    const requests = pending();
    const waited = requests.length === 0 ? '' : ` It waits for ${requests.join(' and ')}.`;
    late.abort(
      new TransientError(
        `The check had no result after ${LIMIT / 1_000} s, so it is not known whether the config works.${waited} Check that the API can be reached from here; if it can, try again later.`,
      ),
    );
  };
  const limit = clock?.limit ?? inBackground;
  limit(LIMIT, AbortSignal.any([signal, done.signal])).then(giveUp, () => {});
  const until = AbortSignal.any([signal, late.signal]);
  await unlessAborted(work(until), until).finally(() => done.abort());
};

/**
 * Says whether a config works. A fault of the user's is the result FAILED. Any other error is thrown, because it says
 * nothing about the config.
 */
export async function* check<C extends object>(
  source: Source<C>,
  readConfig: Input,
  runtime: Runtime,
): Command {
  let pending = (): readonly string[] => [];
  const work = async (signal: AbortSignal): Promise<void> => {
    const {config, http} = await connect(
      source,
      readConfig,
      {...runtime, signal},
      {retry: RETRY, timeouts: TIMEOUTS},
    );
    pending = http.inFlight;
    await source.check({config, http}).finally(http.close);
  };
  try {
    await within(runtime, work, () => pending());
    yield connectionStatus('SUCCEEDED');
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const causes = stackOf(error.cause);
    if (causes !== undefined) runtime.log('DEBUG', `Caused by: ${causes}`);
    yield connectionStatus('FAILED', error.message);
  }
  return true;
}
