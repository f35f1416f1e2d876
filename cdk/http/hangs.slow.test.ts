// A server hangs at every possible point of an exchange, on real sockets: a request ends within its limits, with an error
// that names the limit.
import {once} from 'node:events';
import {createSecureServer, type ServerHttp2Stream} from 'node:http2';
import type {Socket} from 'node:net';
import {gzipSync} from 'node:zlib';
import {beforeAll, describe, expect, jest, test} from '@jest/globals';
import nock from 'nock';
import {hasOpenssl, makeCertificates} from '../../test/http/certificates.ts';
import {
  ended,
  endedThrough,
  type Limits,
  outcomeOf,
  SHORT,
  TIMEOUT,
} from '../../test/http/hang-limits.ts';
import {
  CHUNKED,
  hangLookups,
  portOf,
  startDeaf,
  startHanging,
  trickle,
} from '../../test/http/hanging.ts';
import {printLine} from '../../test/print-line.ts';

// Jest's own limit must not end a test.
jest.setTimeout(30_000);

beforeAll(async () => {
  // These tests need real sockets, not nock.
  nock.restore();
  await import('undici');
});

/** Starts a body, and sends nothing more. */
const stall = (socket: Socket): void => void socket.write(`${CHUNKED}1\r\n[\r\n`);

const trickleBody = (socket: Socket): void => {
  socket.write(CHUNKED);
  trickle(socket, '1\r\n \r\n');
};

/** Runs all cases at once: undici counts most of its limits in steps of half a second. */
const tryAtOnce = (
  cases: readonly (readonly [title: string, run: () => Promise<unknown>, expected: unknown])[],
): void => {
  let outcomes: readonly Promise<unknown>[] = [];
  beforeAll(() => {
    outcomes = cases.map(([, run]) => run());
  });
  test.each(cases.map(([title, , expected], index) => ({title, index, expected})))(
    '$title',
    async ({index, expected}) => expect(await outcomes[index]).toEqual(expected),
  );
};

describe('a connection', () => {
  test('that is never made ends by `connect`, and by `total`', async () => {
    await using deaf = await startDeaf();
    const {url} = deaf;
    if (url === undefined) {
      printLine('Not tried: this kernel makes connections that nobody takes.');
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

  test('whose TLS handshake gets no response ends by `connect`, and by `total`', async () => {
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
  const hanging = async (
    url: string,
    timeouts: Limits,
    onRequest?: (socket: Socket, text: string) => unknown,
  ) => {
    await using server = await startHanging(onRequest);
    return await outcomeOf(url, {proxy: {url: server.url}, timeouts});
  };
  const acceptConnect = (socket: Socket, text: string): void => {
    if (text.startsWith('CONNECT ')) socket.write('HTTP/1.1 200 OK\r\n\r\n');
  };

  tryAtOnce([
    [
      'that never responds to CONNECT ends by `connect`',
      () => hanging('https://api.test', {connect: SHORT}),
      endedThrough('UND_ERR_HEADERS_TIMEOUT'),
    ],
    [
      'that never responds to CONNECT ends by `total` too',
      () => hanging('https://api.test', {total: SHORT}),
      endedThrough(TIMEOUT),
    ],
    [
      'that accepts CONNECT and then sends nothing ends by `connect`',
      () => hanging('https://api.test', {connect: SHORT}, acceptConnect),
      endedThrough('UND_ERR_CONNECT_TIMEOUT'),
    ],
    [
      'that never passes on a response ends by `headers`',
      () => hanging('http://api.test', {headers: SHORT}),
      endedThrough('UND_ERR_HEADERS_TIMEOUT'),
    ],
    [
      'that stops in the middle of a response ends by `idle`',
      () => hanging('http://api.test', {idle: SHORT}, stall),
      endedThrough('UND_ERR_BODY_TIMEOUT'),
    ],
  ]);
});

describe('a response', () => {
  const stallPacked = (socket: Socket): void => {
    const start = gzipSync('['.repeat(1_000)).subarray(0, 15);
    socket.write('HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1000\r\n\r\n');
    socket.write(start);
  };
  const redirect = (location: string) => (socket: Socket) =>
    socket.write(`HTTP/1.1 302 Found\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`);
  const hanging = async (timeouts: Limits, play?: (socket: Socket) => unknown) => {
    await using server = await startHanging(play);
    return await outcomeOf(server.url, {timeouts, allowedHosts: ['*.unanswered.test']});
  };

  tryAtOnce([
    [
      'that never starts ends by `headers`',
      () => hanging({headers: SHORT}),
      ended('UND_ERR_HEADERS_TIMEOUT'),
    ],
    [
      'that stops ends by `idle`',
      () => hanging({idle: SHORT}, stall),
      ended('UND_ERR_BODY_TIMEOUT'),
    ],
    ['that stops ends by `total` too', () => hanging({total: SHORT}, stall), ended(TIMEOUT)],
    [
      'that is compressed and stops ends by `idle`',
      () => hanging({idle: SHORT}, stallPacked),
      ended('UND_ERR_BODY_TIMEOUT'),
    ],
    [
      'that is compressed and stops ends by `total` too',
      () => hanging({total: SHORT}, stallPacked),
      ended(TIMEOUT),
    ],
    [
      'whose headers trickle forever ends by `total`',
      () =>
        hanging({total: SHORT}, (socket) => {
          socket.write('HTTP/1.1 200 OK\r\n');
          trickle(socket, 'X-More: 1\r\n');
        }),
      ended(TIMEOUT),
    ],
    [
      'whose body trickles forever ends by `total`',
      () => hanging({total: SHORT}, trickleBody),
      ended(TIMEOUT),
    ],
    [
      'after slow redirects ends by `total`, which includes all of them',
      () =>
        hanging({total: SHORT}, (socket) => void setTimeout(redirect('/on'), SHORT / 2, socket)),
      ended(TIMEOUT),
    ],
    [
      'after a redirect to a host that accepts no connection ends by `total`',
      async () => {
        using _names = hangLookups();
        return await hanging({total: SHORT}, redirect('http://on.unanswered.test/'));
      },
      ended(TIMEOUT),
    ],
  ]);
});

(hasOpenssl ? describe : describe.skip)('a response over HTTP/2', () => {
  test.each<[string, string, Limits, (stream: ServerHttp2Stream) => unknown]>([
    ['that never starts ends by `headers`', 'UND_ERR_HEADERS_TIMEOUT', {headers: SHORT}, () => {}],
    ['that never starts ends by `total` too', TIMEOUT, {total: SHORT}, () => {}],
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
  const hanging = async (timeouts: Limits, play: (socket: Socket) => unknown) => {
    await using server = await startHanging(play);
    return await outcomeOf(server.url, {timeouts}, (http) =>
      Array.fromAsync(http.download('/export')),
    );
  };

  tryAtOnce([
    [
      'that stops ends by `idle`',
      () => hanging({idle: SHORT}, stall),
      ended('UND_ERR_BODY_TIMEOUT', 'GET api/export'),
    ],
    [
      'that stops ends by `download`, too',
      () => hanging({download: SHORT}, stall),
      ended(TIMEOUT, 'GET api/export'),
    ],
    [
      'that trickles forever ends by `download`',
      () => hanging({download: SHORT}, trickleBody),
      ended(TIMEOUT, 'GET api/export'),
    ],
  ]);
});
