// A client whose credentials are under test, with a virtual clock. Its secrets and log lines are recorded.
import {setImmediate as tick} from 'node:timers/promises';
import {stackOf} from '../../cdk/errors.ts';
import type {Rotation} from '../../cdk/http/auth/auth.ts';
import {type HttpClient, type HttpOptions, openHttpClient} from '../../cdk/http/client.ts';
import {createRedactor} from '../../cdk/protocol/secrets.ts';
import {isSecret, said} from '../../cdk/testing/secrets.ts';
import {virtualClock} from '../../cdk/testing/virtual-clock.ts';
import {failureOf} from '../failure-of.ts';

export const NOW = Date.parse('2026-01-01T00:00:00Z');
export const API = 'https://api.test';

type Options = Partial<HttpOptions> & {
  readonly onRotated?: (rotation: Rotation) => Promise<void>;
  readonly now?: number;
  /** Secrets of the config, besides those of `auth`. */
  readonly secrets?: readonly string[];
};

/** Calls a function with a client that has these credentials. */
export const withAuth = async <T>(
  {onRotated, now = NOW, secrets = [], ...options}: Options,
  use: (http: HttpClient, wait: (ms: number) => Promise<void>) => Promise<T>,
) => {
  const clock = virtualClock(now);
  const {signal} = new AbortController();
  const redactor = createRedactor();
  redactor.add(secrets);
  const log: string[] = [];
  const {close, ...http} = openHttpClient(
    {
      baseUrl: API,
      retry: {attempts: 2},
      timeouts: {run: {seconds: Number.POSITIVE_INFINITY}},
      ...options,
    },
    {
      signal,
      clock,
      random: () => 0.5,
      log: (level, message) => {
        said(redactor.redact(message));
        log.push(`${level} ${message}`);
      },
      redact: redactor.redact,
      onSecret: (secret) => {
        isSecret('what the kit got as a secret', secret);
        redactor.add([secret]);
      },
      ...(onRotated && {onRotated}),
    },
  );
  try {
    const result = await use(http, (ms) => clock.sleep(ms, signal));
    return {result, log, redact: redactor.redact};
  } catch (error) {
    said(redactor.redact(stackOf(error) ?? String(error)));
    throw error;
  } finally {
    await close();
  }
};

/** The failure of one request. */
export const failureWith = (options: Options, path = '/items') =>
  failureOf(() => withAuth(options, (http) => http.get(path)));

/** Waits until all pending requests have arrived. */
export const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await tick();
};
