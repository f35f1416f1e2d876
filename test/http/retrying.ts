// A server with given outcomes behind the retries, on a virtual clock.

import {DEFAULT_RETRY, type RetryPolicy, withRetry} from '../../cdk/http/limits/retry.ts';
import {SOURCE_SCOPE, type Wait} from '../../cdk/http/request-scope.ts';
import type {HttpRequest, HttpResponse, Send} from '../../cdk/http/types.ts';
import {virtualClock} from '../../cdk/testing/virtual-clock.ts';
import {runWith} from './run.ts';

export const NOW = Date.parse('2026-01-01T00:00:00Z');

export const request: HttpRequest = {
  method: 'GET',
  url: new URL('https://api.test/items?key=hush'),
  scope: SOURCE_SCOPE,
  headers: {},
};

export const responseOf = (
  status: number,
  headers: Readonly<Record<string, string>> = {},
  body = '',
): HttpResponse => ({status, headers, body: Buffer.from(body), url: request.url});

/** A fault like those of Node and undici, with a code. */
export const fault = (code: string, message = `It broke: ${code}`): Error =>
  Object.assign(new Error(message), {code});

type SetUp = {
  readonly policy?: Partial<RetryPolicy>;
  readonly random?: number;
  readonly stop?: AbortController;
  readonly onLog?: () => void;
  readonly onWait?: (wait: Wait) => void;
  readonly ends?: number;
};

/** Sends to a server that has these outcomes in order, and repeats the last one. */
export const retrying = (
  outcomes: readonly (HttpResponse | Error)[],
  {
    policy,
    random = 0.5,
    stop = new AbortController(),
    onLog = () => {},
    onWait,
    ends = Number.POSITIVE_INFINITY,
  }: SetUp = {},
) => {
  const clock = virtualClock(NOW);
  const log: string[] = [];
  const sent: HttpRequest[] = [];
  const server: Send = async (received) => {
    sent.push(received);
    const outcome = outcomes[Math.min(sent.length, outcomes.length) - 1];
    if (outcome && 'status' in outcome) return outcome;
    throw outcome;
  };
  const send = withRetry(
    server,
    {...DEFAULT_RETRY, ...policy},
    runWith({
      clock,
      ends,
      random: () => random,
      signal: stop.signal,
      log: (_level, message) => {
        log.push(message);
        onLog();
      },
    }),
  );
  const sending = onWait ? {...request, scope: {...SOURCE_SCOPE, onWait}} : request;
  return {send: () => send(sending), sent, waits: clock.waits, log};
};
