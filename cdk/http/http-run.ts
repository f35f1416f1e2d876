import type {Clock} from './limits/clock.ts';

/** DEBUG for each request, INFO for delays, WARN for data that may be missing. */
type Log = (level: 'DEBUG' | 'INFO' | 'WARN', message: string) => void;

/** Shared by all requests of a run, and passed to each layer. */
export type HttpRun = {
  /** Aborts every request and wait. */
  readonly signal: AbortSignal;
  readonly log: Log;
  readonly clock: Clock;
  /** Uniform, from 0 to below 1. */
  readonly random: () => number;
  /** The end of the run in epoch milliseconds: no request is sent and no wait lasts beyond it. */
  readonly ends: number;
};
