import {type ExactDuration, toMilliseconds} from '../../duration.ts';

/** How long each part of a request may take. */
type Limits<Length> = {
  /** Until the connection stands, TLS included. */
  readonly connect: Length;
  /** Until the answer's headers are there, once the request was sent. */
  readonly headers: Length;
  /** Between two parts of the body. */
  readonly idle: Length;
  /** From the start to the last byte, redirects included. */
  readonly total: Length;
  /** The same, for a download. */
  readonly download: Length;
  /** The whole run: no request goes out later than this. The next run goes on from there. */
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

/** The limits of a client: those of its source, else the defaults. */
export const timeoutsOf = (options: TimeoutOptions = {}): Timeouts => {
  const timeouts: {-readonly [Name in keyof Timeouts]: number} = {...DEFAULT_TIMEOUTS};
  for (const name of ['connect', 'headers', 'idle', 'total', 'download', 'run'] as const) {
    const limit = options[name];
    if (limit !== undefined) timeouts[name] = toMilliseconds(`timeouts.${name}`, limit);
  }
  return timeouts;
};
