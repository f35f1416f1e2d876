// How a run waits: never longer than it may, never past its end, and never long without a word.
import {TransientError} from '../../errors.ts';
import {describeRequest, type HttpRequest} from '../types.ts';
import type {Clock} from './clock.ts';

/** A wait that is long enough to be told. */
export type Wait = {
  /** Epoch milliseconds. */
  readonly until: number;
  /** In words: `the quota of https://api.github.com is used up`. */
  readonly reason: string;
  /** On whose behalf, as the run says. */
  readonly caller?: string;
};

export type WaitContext = {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly log: (message: string) => void;
  /** Told before each wait of more than five seconds for a limit. */
  readonly onWait?: ((wait: Wait) => void) | undefined;
  /** The longest wait, in milliseconds. */
  readonly longest: number;
  /** When the run must be over, in epoch milliseconds. */
  readonly runEnds?: number | undefined;
  /** On whose behalf something happens now. */
  readonly caller?: (() => string) | undefined;
  /** Waits while others take the place of who waits, for what takes more than five seconds. */
  readonly aside?: (<T>(wait: () => Promise<T>) => Promise<T>) | undefined;
  /** Told the length of each wait, in milliseconds, once it is over. */
  readonly onWaited?: ((ms: number) => void) | undefined;
};

export type Waits = {
  /** Throws where `ms` are more than the run may wait. `told` begins the sentence: `GET … asks to wait`. */
  readonly allow: (ms: number, told: string, most?: number) => void;
  /** Waits. What has a reason is a limit's doing, and announced when it takes long. */
  readonly sleep: (ms: number, reason?: string) => Promise<void>;
  /** Holds a request back for a limit. */
  readonly hold: (request: HttpRequest, ms: number, reason: string) => Promise<void>;
};

/** Shorter waits are the ordinary pace of an API: nobody needs to hear of each. */
const WORTH_TELLING = 5_000;

/** A Date ends there, but not what a server may ask for. */
const LAST_DATE = 8.64e15;

const seconds = (ms: number): number => Math.ceil(ms / 1000);

const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

export const openWaits = (context: WaitContext): Waits => {
  const {clock, signal, log, onWait, onWaited, longest} = context;
  const {runEnds = Number.POSITIVE_INFINITY, caller, aside = (wait) => wait()} = context;

  const allow: Waits['allow'] = (ms, told, most = longest) => {
    const now = clock.now();
    const left = Math.max(0, runEnds - now);
    if (ms <= most && ms <= left) return;
    const limit =
      ms > most
        ? `the ${seconds(most)} s this run may wait`
        : `the ${seconds(left)} s that are left of the run`;
    throw new TransientError(
      `${told} ${seconds(ms)} s, longer than ${limit}: run again after ${new Date(Math.min(now + ms, LAST_DATE)).toISOString()}.`,
    );
  };
  const sleep: Waits['sleep'] = async (ms, reason) => {
    if (reason !== undefined && ms > WORTH_TELLING) {
      onWait?.({until: clock.now() + ms, reason, ...(caller && {caller: caller()})});
    }
    const wait = (): Promise<void> => clock.sleep(ms, signal);
    await (ms > WORTH_TELLING ? aside(wait) : wait());
    onWaited?.(ms);
  };
  return {
    allow,
    sleep,
    hold: async (request, ms, reason) => {
      allow(ms, `${capitalized(reason)}, which makes ${describeRequest(request)} wait`);
      if (ms > WORTH_TELLING) {
        log(`${describeRequest(request)} waits ${(ms / 1000).toFixed(1)} s: ${reason}.`);
      }
      await sleep(ms, reason);
    },
  };
};
