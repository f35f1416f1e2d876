/** How long each part of a request may take, in milliseconds. */
export type Timeouts = {
  /** Until the connection stands, TLS included. */
  readonly connect: number;
  /** Until the answer's headers are there, once the request was sent. */
  readonly headers: number;
  /** Between two parts of the body. */
  readonly idle: number;
  /** From the start to the last byte, redirects included. */
  readonly total: number;
  /** The same, for a download. */
  readonly download: number;
  /** The whole run: no request goes out later than this. The next run goes on from there. */
  readonly run: number;
};

export const DEFAULT_TIMEOUTS: Timeouts = {
  connect: 10_000,
  headers: 60_000,
  idle: 60_000,
  total: 300_000,
  download: 3_600_000,
  run: 24 * 3_600_000,
};
