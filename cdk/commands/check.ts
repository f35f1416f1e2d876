import {setTimeout as delay} from 'node:timers/promises';
import {unlessAborted} from '../abort.ts';
import type {Source} from '../author/source.ts';
import {ConfigError, TransientError} from '../errors.ts';
import type {Clock} from '../http/limits/clock.ts';
import {connectionStatus} from '../protocol/messages.ts';
import type {Command, Input, Runtime} from './command.ts';
import {connect} from './connect.ts';

/** Someone is waiting for the answer: Airbyte's tests allow 30 seconds. */
const IMPATIENT = {attempts: 3, longest: {seconds: 5}};

/** For all of it, references and tokens included, in milliseconds. Limits of single requests add up to more. */
const LIMIT = 25_000;

/** It keeps no process alive: one in which nothing else goes on any more has an error of its own, and at once. */
const inBackground: Clock['sleep'] = (ms, signal) => delay(ms, undefined, {signal, ref: false});

/** Gives up when the time is over: what goes through the client ends with the signal, anything else is left behind. */
const within = async (
  {signal, clock}: Runtime,
  work: (signal: AbortSignal) => Promise<unknown>,
): Promise<void> => {
  const done = new AbortController();
  const late = new AbortController();
  const giveUp = (): void =>
    late.abort(
      new TransientError(
        `The check had no answer after ${LIMIT / 1_000} s, so nothing is known about the config. Check that the API can be reached from here; if it can, try again later.`,
      ),
    );
  const sleep = clock?.sleep ?? inBackground;
  sleep(LIMIT, AbortSignal.any([signal, done.signal])).then(giveUp, () => {});
  const until = AbortSignal.any([signal, late.signal]);
  await unlessAborted(work(until), until).finally(() => done.abort());
};

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
    await within(runtime, async (signal) => {
      const lent = {...runtime, signal};
      const {config, http} = await connect(source, readConfig, lent, IMPATIENT);
      await source.check({config, http}).finally(http.close);
    });
    yield connectionStatus('SUCCEEDED');
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    yield connectionStatus('FAILED', error.message);
  }
  return true;
}
