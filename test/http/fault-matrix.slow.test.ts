// Every fault × the first, a middle and the last page: a run ends within its limits, with all records or with an error
// that names the fault, and its last state knows exactly what was written.
import type {Socket} from 'node:net';
import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import nock from 'nock';
import {defineSource} from '../../cdk/author/source.ts';
import {stream} from '../../cdk/author/stream.ts';
import type {Schema} from '../../cdk/author/types.ts';
import type {Auth} from '../../cdk/http/auth/auth.ts';
import {bearer} from '../../cdk/http/auth/bearer.ts';
import {oauth2} from '../../cdk/http/auth/oauth2.ts';
import {sessionToken} from '../../cdk/http/auth/session-token.ts';
import {cursorIn} from '../../cdk/http/paginate/cursor-in.ts';
import {lastStates, recordsOf} from '../../cdk/testing/messages.ts';
import {readSource} from '../../cdk/testing/run-source.ts';
import {secret} from '../../cdk/testing/secrets.ts';
import {inMilliseconds} from '../durations.ts';
import {printLine} from '../print-line.ts';
import {hasOpenssl, makeCertificates} from './certificates.ts';
import {type Fault, PAGES, PER_PAGE, startFaultyApi} from './faulty-api.ts';

/** In milliseconds; undici counts the first three in steps of half a second. */
const TIMEOUTS = {connect: 1_500, headers: 500, idle: 300, total: 1_500};
const RETRY = {attempts: 3, base: 5, cap: 20};
/** The longest duration of a request with all attempts and waits, in milliseconds. */
const REQUEST_LIMIT = RETRY.attempts * TIMEOUTS.total + (RETRY.attempts - 1) * RETRY.cap;
/** The time for all successful requests and for the other rows, on a busy machine. */
const SLACK = 3_000;

/** Jest's own limit, which must not end a test. */
const TEST_LIMIT = 30_000;

const CHUNKED =
  'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n';
const START = '{"items":[{"id":1},';

/** Sends one byte after another, each within the idle limit, without end. */
const dribble = (socket: Socket): void => {
  socket.write(CHUNKED);
  const timer = setInterval(() => socket.write('1\r\n \r\n'), 50);
  socket.on('close', () => clearInterval(timer));
};

const stall = (socket: Socket): void => {
  socket.write(`${CHUNKED}${START.length.toString(16)}\r\n${START}\r\n`);
};

type Outcome = {
  readonly type: 'config_error' | 'transient_error' | 'system_error';
  /** The message for an API at `origin`, whose host is `host`. */
  readonly text: (origin: string, host: string) => string;
  /** The number of requests for the page. */
  readonly attempts: number;
};

type Row = {
  readonly name: string;
  readonly fault: Fault;
  readonly auth?: Auth;
  /** For a fault that passes: the number of times before it does. */
  readonly passes?: number;
  /** For a fault that lasts: the outcome of the run. */
  readonly lasts?: Outcome;
};

const failed = (fault: string): Outcome => ({
  type: 'transient_error',
  attempts: RETRY.attempts,
  text: (origin, host) =>
    `GET ${origin}/items failed 3 times, the last time with ${fault}. Check that ${host} can be reached from here; if it can, try again later.`,
});
const stayed = (detail: string): Outcome => ({
  type: 'transient_error',
  attempts: RETRY.attempts,
  text: (origin) =>
    `GET ${origin}/items answered ${detail}. All 3 attempts failed: try again later.`,
});
const refused = (type: Outcome['type'], detail: string, attempts = 1): Outcome => ({
  type,
  attempts,
  text: (origin) => `GET ${origin}/items answered ${detail}`,
});

/** Happens twice, or once if it takes a second. */
const onWire = (
  name: string,
  code: string,
  play: (socket: Socket) => unknown,
  passes = 2,
): Row => ({name, fault: {at: 'response', play}, passes, lasts: failed(code)});

const onStatus = (status: number, json: object): Fault => ({at: 'status', status, json});

const REFUSED =
  '401: Token expired. The API does not accept these credentials: check them in the config. They may be mistyped, expired or revoked.';
const renewing = (auth: Auth): Partial<Row> => ({
  auth,
  passes: 1,
  lasts: refused('config_error', REFUSED, 2),
});

const ROWS: readonly Row[] = [
  onWire('connection reset', 'ECONNRESET', (socket) => socket.resetAndDestroy()),
  onWire('empty reply', 'UND_ERR_SOCKET', (socket) => socket.end()),
  onWire(
    'bad chunk',
    'Response does not match the HTTP/1.1 protocol (Invalid character in chunk size)',
    (socket) => socket.end(`${CHUNKED}${START.length.toString(16)}\r\n${START}\r\nzz\r\n`),
  ),
  onWire(
    'garbage',
    'Response does not match the HTTP/1.1 protocol (Expected HTTP/, RTSP/ or ICE/)',
    (socket) => socket.end(Buffer.from('8f00a1c3ff0d0a9b17e2d40d0a0d0a55', 'hex')),
  ),
  onWire('short body, by its length', 'UND_ERR_SOCKET', (socket) =>
    socket.end(`HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n${START}`),
  ),
  onWire('short body, by its JSON', 'JSON_TRUNCATED', (socket) =>
    socket.end(`HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n${START}`),
  ),
  onWire('no response', 'UND_ERR_HEADERS_TIMEOUT', () => {}, 1),
  onWire('a body that stalls', 'UND_ERR_BODY_TIMEOUT', stall, 1),
  onWire('a body that dribbles', 'a timeout', dribble, 1),
  {
    name: '503 burst',
    fault: onStatus(503, {message: 'Overloaded'}),
    passes: 2,
    lasts: stayed('503: Overloaded'),
  },
  {
    name: '429 without Retry-After',
    fault: onStatus(429, {message: 'Slow down'}),
    passes: 2,
    lasts: stayed('429: Slow down'),
  },
  {
    name: '401 mid-way, bearer',
    fault: {at: 'token'},
    auth: bearer('issued-token-0'),
    lasts: refused('config_error', REFUSED),
  },
  {
    name: '401 mid-way, session token',
    fault: {at: 'token'},
    ...renewing(
      sessionToken({
        login: {path: '/login', json: {username: 'alice', password: secret('password')}},
        token: 'access_token',
        send: {header: 'Authorization', prefix: 'Bearer '},
      }),
    ),
  },
  {
    name: '401 mid-way, OAuth 2',
    fault: {at: 'token'},
    ...renewing(
      oauth2({
        tokenUrl: '/token',
        client: {id: 'matrix', secret: secret('client')},
        grant: 'client_credentials',
      }),
    ),
  },
  {
    name: 'expired page token, 400',
    fault: onStatus(400, {error: 'The page token has expired.'}),
    lasts: refused('system_error', '400: The page token has expired.'),
  },
  {
    name: 'expired page token, 410',
    fault: onStatus(410, {message: 'Cursor is gone, start again'}),
    lasts: refused('system_error', '410: Cursor is gone, start again.'),
  },
  {
    name: 'DNS flap, EAI_AGAIN',
    fault: {at: 'lookup', code: 'EAI_AGAIN'},
    passes: 2,
    lasts: failed('EAI_AGAIN'),
  },
  {
    name: 'DNS flap, ENOTFOUND',
    fault: {at: 'lookup', code: 'ENOTFOUND'},
    passes: 2,
    lasts: failed('ENOTFOUND'),
  },
];

const TLS_ROWS: readonly Row[] = [
  {
    name: 'TLS, handshake cut',
    fault: {at: 'handshake', play: (socket) => socket.destroy()},
    passes: 2,
    lasts: failed('ECONNRESET'),
  },
  {
    name: 'TLS, untrusted certificate',
    fault: {at: 'certificate'},
    lasts: {
      type: 'config_error',
      attempts: 1,
      text: (origin) =>
        `GET ${origin}/items failed: unable to verify the first certificate; if the root CA is installed locally, try running Node.js with --use-system-ca (UNABLE_TO_VERIFY_LEAF_SIGNATURE). No secure connection could be made: check the URL in the config; if the server's certificate is signed by an authority of your own, name its file in NODE_EXTRA_CA_CERTS.`,
    },
  },
];

const POSITIONS = {first: 1, middle: 3, last: PAGES} as const;

type Item = {id: number};
const schema: Schema<Item> = {type: 'object', properties: {id: {type: 'integer'}}};

const idsUpTo = (pages: number): readonly number[] =>
  Array.from({length: pages * PER_PAGE}, (_none, index) => index + 1);

const certificates = hasOpenssl
  ? {own: makeCertificates(), foreign: makeCertificates()}
  : undefined;

/** Reads the list of an API that has the fault at this page, this many times. */
const readThrough = async ({fault, auth}: Row, page: number, times: number) => {
  await using api = await startFaultyApi({fault, page, times, ...(certificates && {certificates})});
  const source = defineSource({
    name: 'matrix',
    spec: {connectionSpecification: {type: 'object'}},
    connect: () => ({
      baseUrl: api.url,
      timeouts: inMilliseconds(TIMEOUTS),
      retry: {attempts: RETRY.attempts, ...inMilliseconds({base: RETRY.base, cap: RETRY.cap})},
      tls: certificates === undefined ? {} : {ca: certificates.own.ca},
      ...(auth && {auth}),
    }),
    check: async () => {},
    streams: () => [
      stream({
        name: 'items',
        schema,
        cursor: {field: 'id', order: 'ascending'},
        checkpointInterval: {seconds: 0},
        read: ({http}) =>
          http.paginate<Item>('/items', {records: 'items', next: cursorIn('next', 'page')}),
      }),
    ],
  });
  const startedAt = performance.now();
  const messages = await readSource(source, {}, ['items']);
  const ms = Math.round(performance.now() - startedAt);
  const errors = messages.flatMap(({trace}) => (trace?.error ? [trace.error] : []));
  return {
    ms,
    origin: api.url,
    outcome: {
      ids: recordsOf(messages, 'items').map(({id}) => id),
      state: lastStates(messages).map((state) => Object(state).stream.stream_state),
      status: messages.findLast(({trace}) => trace?.stream_status)?.trace?.stream_status?.status,
      errors: errors.map(({failure_type, message}) => `${failure_type}: ${message}`),
      seen: api.seen,
    },
  };
};
type Run = Awaited<ReturnType<typeof readThrough>>;

/** Faults whose requests reach the server. The others fail before. */
const isRequest = ({at}: Fault): boolean => ['response', 'status', 'token'].includes(at);

/** One login for the first token, and one for each that was revoked. */
const loginsOf = ({auth, passes, fault}: Row, attempts: number): number =>
  auth !== undefined && passes !== undefined && fault.at === 'token' ? attempts : 0;

const expectAll = (row: Row, times: number, {outcome, ms}: Run): string => {
  expect(outcome).toEqual({
    ids: idsUpTo(PAGES),
    state: [{id: PAGES * PER_PAGE}],
    status: 'COMPLETE',
    errors: [],
    seen: {
      requests: PAGES + (isRequest(row.fault) ? times : 0),
      faults: times,
      logins: loginsOf(row, times + 1),
    },
  });
  return `all ${outcome.ids.length}, ${times} ${times === 1 ? 'retry' : 'retries'}, ${ms} ms`;
};

const expectFailure = (row: Row, page: number, {outcome, origin, ms}: Run): string => {
  const {type, text, attempts} = row.lasts ?? failed('nothing');
  const read = (page - 1) * PER_PAGE;
  expect(outcome).toEqual({
    ids: idsUpTo(page - 1),
    state: [page === 1 ? {unfinished: true} : {id: read, unfinished: true}],
    status: 'INCOMPLETE',
    errors: [
      `${type}: ${text(origin, new URL(origin).host)}`,
      `${type}: 1 of 1 streams failed: items. The errors before this one say why.`,
    ],
    seen: {
      requests: page - 1 + (isRequest(row.fault) ? attempts : 0),
      faults: attempts,
      logins: loginsOf(row, attempts),
    },
  });
  return `${type}, ${read} of ${PAGES * PER_PAGE}, ${ms} ms`;
};

const cellsOf: (readonly string[])[] = [];

const printTable = (): void => {
  const order = [...ROWS, ...TLS_ROWS].map(({name}) => name);
  const rows = cellsOf.toSorted(
    ([one = ''], [other = '']) => order.indexOf(one) - order.indexOf(other),
  );
  const table = [['fault', 'duration', ...Object.keys(POSITIONS)], ...rows];
  const lines = table.map((row) =>
    row
      .map((cell, column) =>
        cell.padEnd(Math.max(...table.map((other) => (other[column] ?? '').length))),
      )
      .join(' | '),
  );
  printLine(
    ['', 'Fault matrix: a read of 5 pages, the fault at one of them', ...lines, ''].join('\n'),
  );
};

/** Runs the three cells of a row at once; each has its own API. */
const runRow = async (
  row: Row,
  duration: string,
  times: number,
  check: (page: number, run: Run) => string,
): Promise<void> => {
  const cells = await Promise.all(
    Object.values(POSITIONS).map(async (page) => {
      const run = await readThrough(row, page, times);
      const cell = check(page, run);
      expect(run.ms).toBeLessThan(REQUEST_LIMIT + SLACK);
      return cell;
    }),
  );
  cellsOf.push([row.name, duration, ...cells]);
};

/** A page that does not exist, so the fault never happens. */
const NOWHERE = 0;

beforeAll(async () => {
  // These tests need real sockets, not nock.
  nock.restore();
  // The first request loads libraries. Otherwise the time limits of other requests would expire meanwhile.
  for (const row of ROWS.filter(({auth}) => auth !== undefined)) await readThrough(row, NOWHERE, 0);
});
afterAll(printTable);

/** Rows mostly wait for time-outs, so they run concurrently. */
const describeRows = (rows: readonly Row[]): void => {
  const passing = rows.filter(({passes}) => passes !== undefined);
  const lasting = rows.filter(({lasts}) => lasts !== undefined);

  test.concurrent.each(passing)(
    '$name that passes loses no record, and repeats none',
    async (row) => {
      const {passes = 0} = row;
      await runRow(row, 'passes', passes, (_page, run) => expectAll(row, passes, run));
    },
    TEST_LIMIT,
  );

  test.concurrent.each(lasting)(
    '$name that lasts ends the stream with an error that names it',
    async (row) => {
      await runRow(row, 'lasts', Number.POSITIVE_INFINITY, (page, run) =>
        expectFailure(row, page, run),
      );
    },
    TEST_LIMIT,
  );
};

describe('over http', () => describeRows(ROWS));

(hasOpenssl ? describe : describe.skip)('over https', () => describeRows(TLS_ROWS));
