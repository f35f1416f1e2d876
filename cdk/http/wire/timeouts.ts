import {type ExactDuration, toMilliseconds} from '../../duration.ts';

/** Time limits for the parts of a request. */
type Limits<Length> = {
  /** For making a connection, TLS included. Default 10 s. */
  readonly connect: Length;
  /** From sending the request to the response's headers. Default 60 s. */
  readonly headers: Length;
  /** Between two chunks of the body. Default 60 s. */
  readonly idle: Length;
  /** From the start to the last byte, redirects included. Default 5 minutes. */
  readonly total: Length;
  /** The same for a download. Default an hour. */
  readonly download: Length;
  /** For the whole run: no request is sent after it. The next run resumes there. Default 24 hours. */
  readonly run: Length;
};

/** As an author writes them: `{total: {minutes: 2}}`. */
export type TimeoutOptions = Partial<Limits<ExactDuration>>;

/** The same in milliseconds. */
export type Timeouts = Limits<number>;

export const DEFAULT_TIMEOUTS: Timeouts = {
  connect: 10_000,
  headers: 60_000,
  idle: 60_000,
  total: 300_000,
  download: 3_600_000,
  run: 24 * 3_600_000,
};

export const timeoutsOf = (options: TimeoutOptions = {}): Timeouts => {
  const timeouts: {-readonly [Name in keyof Timeouts]: number} = {...DEFAULT_TIMEOUTS};
  for (const name of ['connect', 'headers', 'idle', 'total', 'download', 'run'] as const) {
    const limit = options[name];
    if (limit !== undefined) timeouts[name] = toMilliseconds(`timeouts.${name}`, limit);
  }
  return timeouts;
};
