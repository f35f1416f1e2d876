// How a run waits: never longer than it may, never past its end, and never long without a report.
import {TransientError} from '../../errors.ts';
import type {HttpRun} from '../run.ts';
import {describeRequest, type HttpRequest} from '../types.ts';

export type Waits = {
  /** Throws where `ms` are more than the run may wait. `told` begins the sentence: `GET … asks to wait`. */
  readonly allow: (ms: number, told: string, most?: number) => void;
  /** Lets a request wait. A `reason` means that a limit asks for it: a long wait is then reported to the request's stream. */
  readonly sleep: (request: HttpRequest, ms: number, reason?: string) => Promise<void>;
  /** Holds a request back for a limit. */
  readonly hold: (request: HttpRequest, ms: number, reason: string) => Promise<void>;
};

/** Shorter waits are the ordinary pace of an API: nobody needs to hear of each. */
const WORTH_REPORTING = 5_000;

/** A Date ends there, but not what a server may ask for. */
const LAST_DATE = 8.64e15;

const seconds = (ms: number): number => Math.ceil(ms / 1000);

const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** @param longest the longest wait, in milliseconds */
export const openWaits = (
  {clock, signal, log, ends}: Pick<HttpRun, 'clock' | 'signal' | 'log' | 'ends'>,
  longest: number,
): Waits => {
  const allow: Waits['allow'] = (ms, told, most = longest) => {
    const now = clock.now();
    const left = Math.max(0, ends - now);
    if (ms <= most && ms <= left) return;
    const limit =
      ms > most
        ? `the ${seconds(most)} s this run may wait`
        : `the ${seconds(left)} s that are left of the run`;
    throw new TransientError(
      `${told} ${seconds(ms)} s, longer than ${limit}: run again after ${new Date(Math.min(now + ms, LAST_DATE)).toISOString()}.`,
    );
  };
  const sleep: Waits['sleep'] = async ({scope}, ms, reason) => {
    const isLong = ms > WORTH_REPORTING;
    if (reason !== undefined && isLong) scope.onWait({until: clock.now() + ms, reason});
    const wait = (): Promise<void> => clock.sleep(ms, signal);
    await (isLong ? scope.yieldSlot(wait) : wait());
    scope.count('waited', ms);
  };
  return {
    allow,
    sleep,
    hold: async (request, ms, reason) => {
      allow(ms, `${capitalized(reason)}, which makes ${describeRequest(request)} wait`);
      if (ms > WORTH_REPORTING) {
        log('INFO', `${describeRequest(request)} waits ${(ms / 1000).toFixed(1)} s: ${reason}.`);
      }
      await sleep(request, ms, reason);
    },
  };
};
