// Every place on the wire that can hang, each with a server that hangs right there, on real sockets: a request ends within
// its limits, with an error that names the one that was reached. test/waits.md says which wait each of them stands for.

import {once} from 'node:events';
import {createSecureServer, type ServerHttp2Stream} from 'node:http2';
import type {Socket} from 'node:net';
import {setTimeout as delay} from 'node:timers/promises';
import {gzipSync} from 'node:zlib';
import {beforeAll, describe, expect, test} from '@jest/globals';
import nock from 'nock';
import {hasOpenssl, makeCertificates} from '../../test/support/certificates.ts';
import {failureOf} from '../../test/support/failure.ts';
import {
  CHUNKED,
  hangLookups,
  portOf,
  startDeaf,
  startHanging,
  trickle,
} from '../../test/support/hanging.ts';
import {say} from '../../test/support/say.ts';
import {secret} from '../../test/support/secrets.ts';
import {oauth2} from './auth/oauth2.ts';
import {sessionToken} from './auth/session-token.ts';
import {type HttpClient, type HttpOptions, openHttpClient} from './client.ts';
import type {Timeouts} from './transport.ts';

/** Each far below the others where it is the one that is tried; what a limit may take longer on a busy machine is SLACK. */
const LONG: Timeouts = {
  connect: 60_000,
  headers: 60_000,
  idle: 60_000,
  total: 60_000,
  download: 60_000,
  run: 60_000,
};
const SHORT = 150;
const SLACK = 5_000;

type Limits = Partial<Timeouts>;

/** What a client with these limits fails with, and whether that took no longer than the short ones allow. */
const outcomeOf = async (
  url: string,
  {timeouts, ...options}: HttpOptions & {readonly timeouts?: Limits},
  use: (http: HttpClient) => Promise<unknown> = (http) => http.get('/items'),
) => {
  const startedAt = performance.now();
  const {close, ...http} = openHttpClient(
    {baseUrl: url, retry: {attempts: 1}, ...options, timeouts: {...LONG, ...timeouts}},
    {signal: new AbortController().signal, log: () => {}},
  );
  const failure = await failureOf(() => use(http));
  await close();
  return {
    failure: failure.replaceAll(url, 'api'),
    inTime: performance.now() - startedAt < SHORT + SLACK,
  };
};

/** After one attempt, with this as the fault. */
const ended = (fault: string, path = 'GET api/items') => ({
  failure: expect.stringMatching(
    new RegExp(
      `^TransientError: ${path} failed 1 times, the last time with ${fault}\\. Check that `,
    ),
  ),
  inTime: true,
});

/** Three at once, and what they fail with. */
const three = (http: HttpClient) =>
  Promise.allSettled(['/a', '/b', '/c'].map((path) => http.get(path))).then((all) => {
    const reasons = all.map((one) => (one.status === 'rejected' ? String(one.reason) : 'none'));
    throw new Error([...new Set(reasons)].join(' and '));
  });

const counted = async () => {
  const asked: string[] = [];
  const server = await startHanging((_socket, text) => asked.push(text.split(' HTTP')[0] ?? ''));
  return {...server, asked};
};

const TIMEOUT = 'a timeout';

beforeAll(async () => {
  // What is on the wire here must not pass through nock.
  nock.restore();
  await import('undici');
});

describe('a connection', () => {
  test('that is never made ends by `connect`, and by `total`', async () => {
    await using deaf = await startDeaf();
    const {url} = deaf;
    if (url === undefined) {
      say('Not tried: this kernel makes connections that nobody takes.');
      return;
    }
    expect(
      await Promise.all([
        outcomeOf(url, {timeouts: {connect: SHORT}}),
        outcomeOf(url, {timeouts: {total: SHORT}}),
      ]),
    ).toEqual([ended('UND_ERR_CONNECT_TIMEOUT'), ended(TIMEOUT)]);
  });

  test('to a host whose name is never found ends by `connect`, and by `total`', async () => {
    using _names = hangLookups();
    const url = 'http://api.unanswered.test';
    expect(
      await Promise.all([
        outcomeOf(url, {timeouts: {connect: SHORT}}),
        outcomeOf(url, {timeouts: {total: SHORT}}),
      ]),
    ).toEqual([ended('UND_ERR_CONNECT_TIMEOUT'), ended(TIMEOUT)]);
  });

  test('whose TLS handshake is never answered ends by `connect`, and by `total`', async () => {
    await using server = await startHanging();
    const url = server.url.replace('http:', 'https:');
    expect(
      await Promise.all([
        outcomeOf(url, {timeouts: {connect: SHORT}}),
        outcomeOf(url, {timeouts: {total: SHORT}}),
      ]),
    ).toEqual([ended('UND_ERR_CONNECT_TIMEOUT'), ended(TIMEOUT)]);
  });
});

describe('a proxy', () => {
  test('that never answers CONNECT ends by `connect`, and by `total`', async () => {
    await using server = await startHanging();
    const proxy = {url: server.url};
    const url = 'https://api.test';
    expect(
      await Promise.all([
        outcomeOf(url, {proxy, timeouts: {connect: SHORT}}),
        outcomeOf(url, {proxy, timeouts: {total: SHORT}}),
      ]),
    ).toEqual([ended('UND_ERR_HEADERS_TIMEOUT'), ended(TIMEOUT)]);
  });

  test('that says yes to CONNECT and then nothing ends by `connect`', async () => {
    await using server = await startHanging((socket, text) => {
      if (text.startsWith('CONNECT ')) socket.write('HTTP/1.1 200 OK\r\n\r\n');
    });
    expect(
      await outcomeOf('https://api.test', {proxy: {url: server.url}, timeouts: {connect: SHORT}}),
    ).toEqual(ended('UND_ERR_CONNECT_TIMEOUT'));
  });

  test('that never passes an answer on ends by `headers`, one that stops by `idle`', async () => {
    await using silent = await startHanging();
    await using stops = await startHanging((socket) => socket.write(`${CHUNKED}1\r\n[\r\n`));
    const url = 'http://api.test';
    expect(
      await Promise.all([
        outcomeOf(url, {proxy: {url: silent.url}, timeouts: {headers: SHORT}}),
        outcomeOf(url, {proxy: {url: stops.url}, timeouts: {idle: SHORT}}),
      ]),
    ).toEqual([ended('UND_ERR_HEADERS_TIMEOUT'), ended('UND_ERR_BODY_TIMEOUT')]);
  });
});

describe('an answer', () => {
  const stall = (socket: Socket): void => void socket.write(`${CHUNKED}1\r\n[\r\n`);
  const stallPacked = (socket: Socket): void => {
    const half = gzipSync('['.repeat(1_000)).subarray(0, 15);
    socket.write(
      `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1000\r\n\r\n${half.toString('latin1')}`,
      'latin1',
    );
  };

  test.each<[string, string, Limits, (socket: Socket) => unknown]>([
    ['that never begins ends by `headers`', 'UND_ERR_HEADERS_TIMEOUT', {headers: SHORT}, () => {}],
    ['that stops ends by `idle`', 'UND_ERR_BODY_TIMEOUT', {idle: SHORT}, stall],
    ['that stops ends by `total`, too', TIMEOUT, {total: SHORT}, stall],
    [
      'that is compressed and stops ends by `idle`',
      'UND_ERR_BODY_TIMEOUT',
      {idle: SHORT},
      stallPacked,
    ],
    ['that is compressed and stops ends by `total`, too', TIMEOUT, {total: SHORT}, stallPacked],
    [
      'whose headers trickle for ever ends by `total`',
      TIMEOUT,
      {total: SHORT},
      (socket) => {
        socket.write('HTTP/1.1 200 OK\r\n');
        trickle(socket, 'X-More: 1\r\n');
      },
    ],
    [
      'whose body trickles for ever ends by `total`',
      TIMEOUT,
      {total: SHORT},
      (socket) => {
        socket.write(CHUNKED);
        trickle(socket, '1\r\n \r\n');
      },
    ],
    [
      'behind slow redirects ends by `total`, which is that of all of them',
      TIMEOUT,
      {total: SHORT},
      (socket) => {
        setTimeout(
          () => socket.write('HTTP/1.1 302 Found\r\nLocation: /on\r\nContent-Length: 0\r\n\r\n'),
          SHORT / 2,
        );
      },
    ],
  ])('%s', async (_title, fault, timeouts, play) => {
    await using server = await startHanging(play);
    expect(await outcomeOf(server.url, {timeouts})).toEqual(ended(fault));
  });

  test('behind a redirect to a host that takes no connection ends by `total`', async () => {
    using _names = hangLookups();
    await using server = await startHanging((socket) =>
      socket.write(
        'HTTP/1.1 302 Found\r\nLocation: http://on.unanswered.test/\r\nContent-Length: 0\r\n\r\n',
      ),
    );
    expect(await outcomeOf(server.url, {timeouts: {total: SHORT}})).toEqual(ended(TIMEOUT));
  });
});

(hasOpenssl ? describe : describe.skip)('an answer over HTTP/2', () => {
  test.each<[string, string, Limits, (stream: ServerHttp2Stream) => unknown]>([
    ['that never begins ends by `headers`', 'UND_ERR_HEADERS_TIMEOUT', {headers: SHORT}, () => {}],
    ['that never begins ends by `total`, too', TIMEOUT, {total: SHORT}, () => {}],
    [
      'that stops ends by `idle`',
      'UND_ERR_BODY_TIMEOUT',
      {idle: SHORT},
      (stream) => {
        stream.respond({':status': 200});
        stream.write('[');
      },
    ],
  ])('%s', async (_title, fault, timeouts, play) => {
    const {ca, server: shown} = makeCertificates();
    const server = createSecureServer(shown).on('stream', (stream) => {
      stream.on('error', () => {});
      play(stream);
    });
    const sessions = new Set<{destroy: () => void}>();
    server.on('session', (session) => sessions.add(session));
    const url = `https://127.0.0.1:${await portOf(server)}`;
    const outcome = await outcomeOf(url, {tls: {ca}, timeouts});
    for (const session of sessions) session.destroy();
    server.close();
    await once(server, 'close');
    expect(outcome).toEqual(ended(fault));
  });
});

describe('a download', () => {
  const download = (http: HttpClient) => Array.fromAsync(http.download('/export'));
  const stall = (socket: Socket): void => void socket.write(`${CHUNKED}1\r\n[\r\n`);

  test.each<[string, string, Limits, (socket: Socket) => unknown]>([
    ['that stops ends by `idle`', 'UND_ERR_BODY_TIMEOUT', {idle: SHORT}, stall],
    ['that stops ends by `download`, too', TIMEOUT, {download: SHORT}, stall],
    [
      'that trickles for ever ends by `download`',
      TIMEOUT,
      {download: SHORT},
      (socket) => {
        socket.write(CHUNKED);
        trickle(socket, '1\r\n \r\n');
      },
    ],
  ])('%s', async (_title, fault, timeouts, play) => {
    await using server = await startHanging(play);
    expect(await outcomeOf(server.url, {timeouts}, download)).toEqual(
      ended(fault, 'GET api/export'),
    );
  });
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
      {concurrency: 1, timeouts: {total: SHORT}},
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
      {concurrency: 1, timeouts: {total: 2 * SHORT, run: SHORT}},
      three,
    );
    expect([failure, inTime, server.asked]).toEqual([
      expect.stringMatching(
        /^Error: TransientError: GET api\/a failed 1 times.* and TransientError: The time that this run may take is over, so GET api\/b is not sent.* and TransientError: The time .* GET api\/c is not sent/,
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
      {retry: {attempts: 1}, timeouts: LONG},
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
