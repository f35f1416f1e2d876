// A request that hangs, and those who wait for it: for its token, for its place, or for the run to end.
import {setTimeout as delay} from 'node:timers/promises';
import {beforeAll, describe, expect, jest, test} from '@jest/globals';
import nock from 'nock';
import {inMilliseconds} from '../../test/durations.ts';
import {failureOf} from '../../test/failure-of.ts';
import {counted, LONG, outcomeOf, SHORT, three} from '../../test/http/hang-limits.ts';
import {hangLookups} from '../../test/http/hanging.ts';
import {secret} from '../testing/secrets.ts';
import {oauth2} from './auth/oauth2.ts';
import {sessionToken} from './auth/session-token.ts';
import {openHttpClient} from './client.ts';

// Jest's own limit must be no part of the matter.
jest.setTimeout(30_000);

beforeAll(async () => {
  // What is on the wire here must not pass through nock.
  nock.restore();
  await import('undici');
});

describe('credentials', () => {
  test('from a token endpoint that hangs: all who wait for the token end by its limits', async () => {
    await using server = await counted();
    const auth = oauth2({
      tokenUrl: '/token',
      client: {id: 'hangs', secret: secret('client')},
      grant: 'client_credentials',
    });
    const {failure, inTime} = await outcomeOf(server.url, {auth, timeouts: {total: SHORT}}, three);
    expect([failure, inTime, server.asked]).toEqual([
      expect.stringMatching(
        /^Error: TransientError: POST api\/token failed 1 times, the last time with a timeout\. Check that \S+ can be reached from here; if it can, try again later\.$/,
      ),
      true,
      ['POST /token'],
    ]);
  });

  test('from a login that hangs: all who wait for it end by its limits', async () => {
    await using server = await counted();
    const auth = sessionToken({
      login: {path: '/login', json: {username: 'alice', password: secret('password')}},
      token: 'token',
      send: {header: 'X-Token'},
    });
    const {failure, inTime} = await outcomeOf(server.url, {auth, timeouts: {total: SHORT}}, three);
    expect([failure, inTime, server.asked]).toEqual([
      expect.stringMatching(
        /^Error: TransientError: POST api\/login failed 1 times, the last time with a timeout\. Check that \S+ can be reached from here; if it can, try again later\.$/,
      ),
      true,
      ['POST /login'],
    ]);
  });
});

describe('one place for requests', () => {
  test('that is held by one that hangs is free for the next when its time is over', async () => {
    await using server = await counted();
    const {failure, inTime} = await outcomeOf(
      server.url,
      {maxConcurrentRequests: 1, timeouts: {total: SHORT}},
      three,
    );
    expect([failure, inTime, server.asked]).toEqual([
      expect.stringMatching(
        /^Error: (TransientError: GET api\/\w failed 1 times, the last time with a timeout\. [^.]+?\.\S*[^.]+\.\S*[^.]+\.\S*[^.]+\.( and )?){3}$/,
      ),
      true,
      ['GET /a', 'GET /b', 'GET /c'],
    ]);
  });

  test('that becomes free behind the end of the run lets nothing through any more', async () => {
    await using server = await counted();
    const {failure, inTime} = await outcomeOf(
      server.url,
      {maxConcurrentRequests: 1, timeouts: {total: 2 * SHORT, run: SHORT}},
      three,
    );
    expect([failure, inTime, server.asked]).toEqual([
      expect.stringMatching(
        /^Error: TransientError: GET api\/a failed 1 times.* and TransientError: The run's time limit has passed, so GET api\/b was not sent.* and TransientError: The time .* GET api\/c is not sent/,
      ),
      true,
      ['GET /a'],
    ]);
  });
});

describe('a request that hangs', () => {
  /** One that waits for its connection, and one that waits for its answer. */
  const startTwo = async (url: string, signal: AbortSignal, asked: readonly string[]) => {
    const {get, close} = openHttpClient(
      {retry: {attempts: 1}, timeouts: inMilliseconds(LONG)},
      {signal, log: () => {}},
    );
    const failures = Promise.all(
      ['http://api.unanswered.test/', `${url}/a`].map((path) => failureOf(() => get(path))),
    );
    while (asked.length === 0) await delay(5);
    return {failures, close};
  };

  test('ends when its client is closed', async () => {
    using _names = hangLookups();
    await using server = await counted();
    const {failures, close} = await startTwo(
      server.url,
      new AbortController().signal,
      server.asked,
    );
    await close();
    const told = expect.stringMatching(/^SystemError: GET \S+ failed: The client is destroyed\.$/);
    expect(await failures).toEqual([told, told]);
  });

  test('ends when the run is stopped', async () => {
    using _names = hangLookups();
    await using server = await counted();
    const stop = new AbortController();
    const {failures, close} = await startTwo(server.url, stop.signal, server.asked);
    stop.abort(new RangeError('Stopped by SIGTERM.'));
    const told = 'RangeError: Stopped by SIGTERM.';
    expect(await failures).toEqual([told, told]);
    await close();
  });
});
