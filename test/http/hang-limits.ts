// A client with one short time limit, and a server that hangs.
import {expect} from '@jest/globals';
import {type HttpClient, type HttpOptions, openHttpClient} from '../../cdk/http/client.ts';
import type {Timeouts} from '../../cdk/http/wire/timeouts.ts';
import {inMilliseconds} from '../durations.ts';
import {failureOf} from '../failure-of.ts';
import {startHanging} from './hanging.ts';

/** Limits that are longer than any test. */
export const LONG: Timeouts = {
  connect: 60_000,
  headers: 60_000,
  idle: 60_000,
  total: 60_000,
  download: 60_000,
  run: 60_000,
};
/** The limit under test. */
export const SHORT = 150;
/** undici counts in steps of half a second, and the machine may be busy. */
const SLACK = 10_000;

export type Limits = Partial<Timeouts>;

/** The failure of a client with these limits, and whether it came in time. */
export const outcomeOf = async (
  url: string,
  {timeouts, ...options}: Omit<HttpOptions, 'timeouts'> & {readonly timeouts?: Limits},
  use: (http: HttpClient) => Promise<unknown> = (http) => http.get('/items'),
) => {
  const startedAt = performance.now();
  const {close, ...http} = openHttpClient(
    {
      baseUrl: url,
      retry: {attempts: 1},
      ...options,
      timeouts: inMilliseconds({...LONG, ...timeouts}),
    },
    {signal: new AbortController().signal, log: () => {}},
  );
  const failure = await failureOf(() => use(http));
  await close();
  return {
    failure: failure.replaceAll(url, 'api'),
    inTime: performance.now() - startedAt < SHORT + SLACK,
  };
};

/** The expected outcome after one attempt with this fault. */
export const ended = (fault: string, path = 'GET api/items', through = '') => ({
  failure: expect.stringMatching(
    new RegExp(`^TransientError: ${path} failed with ${fault}${through}\\. Check that `),
  ),
  inTime: true,
});

/** The same through a proxy on loopback. */
export const endedThrough = (fault: string) =>
  ended(fault, 'GET api/items', ' through the proxy http://127\\.0\\.0\\.1:\\d+ \\(config\\)');

/** Sends three requests at once, and throws their failures. */
export const three = (http: HttpClient) =>
  Promise.allSettled(['/a', '/b', '/c'].map((path) => http.get(path))).then((all) => {
    const reasons = all.map((one) => (one.status === 'rejected' ? String(one.reason) : 'none'));
    throw new Error([...new Set(reasons)].join(' and '));
  });

/** A server that hangs, and records its requests. */
export const counted = async () => {
  const requested: string[] = [];
  const server = await startHanging((_socket, text) =>
    requested.push(text.split(' HTTP')[0] ?? ''),
  );
  return {...server, requested};
};

/** The name of a total limit in messages: it has no code. */
export const TIMEOUT = 'a timeout';
