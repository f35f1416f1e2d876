// What all requests of a run have in common.
import type {Clock} from './limits/clock.ts';

/** Where the client reports what it does: DEBUG each request, INFO what delays a run, WARN what may be missing. */
type Log = (level: 'DEBUG' | 'INFO' | 'WARN', message: string) => void;

/** Handed whole to each layer that needs a part of it. */
export type HttpRun = {
  /** Ends every request and wait when it is aborted. */
  readonly signal: AbortSignal;
  readonly log: Log;
  readonly clock: Clock;
  /** Evenly from 0 to 1. */
  readonly random: () => number;
  /** No request is sent after this time, and no wait lasts longer: epoch milliseconds. */
  readonly ends: number;
};
