// A request that hangs while others wait for its token, for its slot, or for the end of the run.
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

// Jest's own limit must not end a test.
jest.setTimeout(30_000);

beforeAll(async () => {
  // These tests need real sockets, not nock.
  nock.restore();
  await import('undici');
});

describe('credentials', () => {
  test('from a token endpoint that hangs end by its limits for all requests that wait for the token', async () => {
    await using server = await counted();
    const auth = oauth2({
      tokenUrl: '/token',
      client: {id: 'hangs', secret: secret('client')},
      grant: 'client_credentials',
    });
    const {failure, inTime} = await outcomeOf(server.url, {auth, timeouts: {total: SHORT}}, three);
    expect([failure, inTime, server.requested]).toEqual([
      expect.stringMatching(
        /^Error: TransientError: POST api\/token failed with a timeout\. Check that \S+ can be reached from here; if it can, try again later\.$/,
      ),
      true,
      ['POST /token'],
    ]);
  });

  test('from a login that hangs end by its limits for all requests that wait for it', async () => {
    await using server = await counted();
    const auth = sessionToken({
      login: {path: '/login', json: {username: 'alice', password: secret('password')}},
      token: 'token',
      send: {header: 'X-Token'},
    });
    const {failure, inTime} = await outcomeOf(server.url, {auth, timeouts: {total: SHORT}}, three);
    expect([failure, inTime, server.requested]).toEqual([
      expect.stringMatching(
        /^Error: TransientError: POST api\/login failed with a timeout\. Check that \S+ can be reached from here; if it can, try again later\.$/,
      ),
      true,
      ['POST /login'],
    ]);
  });
});

describe('a single slot for requests', () => {
  test('is freed by the time limit of a request that hangs', async () => {
    await using server = await counted();
    const {failure, inTime} = await outcomeOf(
      server.url,
      {maxConcurrentRequests: 1, timeouts: {total: SHORT}},
      three,
    );
    expect([failure, inTime, server.requested]).toEqual([
      expect.stringMatching(
        /^Error: (TransientError: GET api\/\w failed with a timeout\. [^.]+?\.\S*[^.]+\.\S*[^.]+\.\S*[^.]+\.( and )?){3}$/,
      ),
      true,
      ['GET /a', 'GET /b', 'GET /c'],
    ]);
  });

  test('that becomes free after the end of the run is not used any more', async () => {
    await using server = await counted();
    const {failure, inTime} = await outcomeOf(
      server.url,
      {maxConcurrentRequests: 1, timeouts: {total: 2 * SHORT, run: SHORT}},
      three,
    );
    expect([failure, inTime, server.requested]).toEqual([
      expect.stringMatching(
        /^Error: TransientError: GET api\/a failed with .* and TransientError: The run's time limit has passed, so GET api\/b was not sent.* and TransientError: The run's time limit has passed, so GET api\/c was not sent/,
      ),
      true,
      ['GET /a'],
    ]);
  });
});

describe('a request that hangs', () => {
  /** Starts a request that waits for its connection, and one that waits for its response. */
  const startTwo = async (url: string, signal: AbortSignal, requested: readonly string[]) => {
    const {get, close} = openHttpClient(
      {retry: {attempts: 1}, timeouts: inMilliseconds(LONG)},
      {signal, log: () => {}},
    );
    const failures = Promise.all(
      ['http://api.unanswered.test/', `${url}/a`].map((path) => failureOf(() => get(path))),
    );
    while (requested.length === 0) await delay(5);
    return {failures, close};
  };

  test('ends when its client is closed', async () => {
    using _names = hangLookups();
    await using server = await counted();
    const {failures, close} = await startTwo(
      server.url,
      new AbortController().signal,
      server.requested,
    );
    await close();
    const expected = expect.stringMatching(
      /^SystemError: GET \S+ failed: The client is destroyed\.$/,
    );
    expect(await failures).toEqual([expected, expected]);
  });

  test('ends when the run is stopped', async () => {
    using _names = hangLookups();
    await using server = await counted();
    const stop = new AbortController();
    const {failures, close} = await startTwo(server.url, stop.signal, server.requested);
    stop.abort(new RangeError('Stopped by SIGTERM.'));
    const expected = 'RangeError: Stopped by SIGTERM.';
    expect(await failures).toEqual([expected, expected]);
    await close();
  });
});
