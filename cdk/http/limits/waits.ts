// Waits of a run: not longer than allowed, not beyond its end, and reported if they are long.
import {TransientError} from '../../errors.ts';
import type {HttpRun} from '../http-run.ts';
import {describeRequest, type HttpRequest} from '../types.ts';
import {setRecent} from './recent.ts';

export type Waits = {
  /** Throws if `ms` is longer than allowed. `beginning` begins the message: `GET … requires a wait of`. */
  readonly allow: (ms: number, beginning: string, most?: number) => void;
  /** Waits for a request. A `reason` means that a limit requires it: a long wait is then reported to the request's stream. */
  readonly sleep: (request: HttpRequest, ms: number, reason?: string) => Promise<void>;
  /** Delays a request for a limit, if the wait is allowed. */
  readonly delay: (request: HttpRequest, ms: number, reason: string) => Promise<void>;
};

/** Shorter waits are normal, and not reported. */
const WORTH_REPORTING = 5_000;

/** Waits of this length are logged, once a minute for each reason: a run that waits before each request must not seem to hang. */
const WORTH_LOGGING = 1_000;
const LOGGED_EACH = 60_000;

/** The last time that a Date can hold. A server may request a later one. */
const LAST_DATE = 8.64e15;

const seconds = (ms: number): number => Math.ceil(ms / 1000);

const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** @param longest the longest wait, in milliseconds */
export const openWaits = (
  {clock, signal, log, ends}: Pick<HttpRun, 'clock' | 'signal' | 'log' | 'ends'>,
  longest: number,
): Waits => {
  const allow: Waits['allow'] = (ms, beginning, most = longest) => {
    const now = clock.now();
    const left = Math.max(0, ends - now);
    if (ms <= most && ms <= left) return;
    const limit =
      ms > most
        ? `the ${seconds(most)} s this run may wait`
        : `the ${seconds(left)} s that are left of the run`;
    throw new TransientError(
      `${beginning} ${seconds(ms)} s, longer than ${limit}: run again after ${new Date(Math.min(now + ms, LAST_DATE)).toISOString()}.`,
    );
  };
  const sleep: Waits['sleep'] = async ({scope}, ms, reason) => {
    const isLong = ms > WORTH_REPORTING;
    if (reason !== undefined && isLong) scope.onWait({until: clock.now() + ms, reason});
    const wait = (): Promise<void> => clock.sleep(ms, signal);
    await (isLong ? scope.yieldSlot(wait) : wait());
    scope.count('waited', ms);
  };
  const loggedAt = new Map<string, number>();
  const logDelay = (request: HttpRequest, ms: number, reason: string): void => {
    const now = clock.now();
    const isRecent = now - (loggedAt.get(reason) ?? Number.NEGATIVE_INFINITY) < LOGGED_EACH;
    if (ms < WORTH_LOGGING || (isRecent && ms < LOGGED_EACH)) return;
    setRecent(loggedAt, reason, now);
    log('INFO', `${describeRequest(request)} waits ${(ms / 1000).toFixed(1)} s: ${reason}.`);
  };
  return {
    allow,
    sleep,
    delay: async (request, ms, reason) => {
      allow(ms, `${capitalized(reason)}, which makes ${describeRequest(request)} wait`);
      logDelay(request, ms, reason);
      await sleep(request, ms, reason);
    },
  };
};
