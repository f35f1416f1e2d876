// Broken connections, bodies and answers from WireMock: each ends in the right records, or in the right error in time.
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import {ROOT, workspace} from '../e2e/run-program.ts';
import {readStream} from './reading.ts';
import {describeWith} from './servers.ts';
import {type Stub, startWireMock, type WireMock} from './wiremock.ts';

const LIST = join(ROOT, 'test/programs/list/main.ts');
const PAGES = [1, 2, 3];
const ATTEMPTS = 3;
const RETRY = {attempts: ATTEMPTS, base: {milliseconds: 20}};
/** What a request may take where it would take ten times as long. */
const TOTAL = 2_000;
/** For all attempts, and for a program to start on a busy machine. */
const BOUND = ATTEMPTS * TOTAL + 10_000;

type Fault = {
  /** Instead of what the page answers; given that. */
  readonly answer: (page: object) => object;
  /** How the error names it when it stays. */
  readonly named: string;
  /** What the config has more. */
  readonly config?: object;
};

const fault = (name: string, named: string): Fault => ({
  answer: () => ({status: 200, fault: name}),
  named,
});

/** A length that promises more than comes. */
const short = (page: object) => ({
  status: 200,
  headers: {'Content-Type': 'application/json', 'Content-Length': '1000'},
  body: JSON.stringify(page).slice(0, 20),
});

const FAULTS: Readonly<Record<string, Fault>> = {
  'a connection that is reset': fault('CONNECTION_RESET_BY_PEER', 'ECONNRESET'),
  'no answer at all': fault('EMPTY_RESPONSE', 'UND_ERR_SOCKET'),
  'a chunk that is none': fault(
    'MALFORMED_RESPONSE_CHUNK',
    'Response does not match the HTTP/1.1 protocol (Invalid character in chunk size)',
  ),
  'random bytes': fault(
    'RANDOM_DATA_THEN_CLOSE',
    'Response does not match the HTTP/1.1 protocol (Expected HTTP/, RTSP/ or ICE/)',
  ),
  'a body that takes too long, though it never stops': {
    answer: (page) => dribbled(page, 10 * TOTAL),
    named: 'a timeout',
    config: {timeouts: {total: {milliseconds: TOTAL}}},
  },
  'a body shorter than its length': {
    answer: short,
    named: 'UND_ERR_SOCKET',
    config: {headers: {'accept-encoding': 'identity'}},
  },
  // WireMock compresses what there is and drops the length: on the wire all is well.
  'a body shorter than its length, compressed on the way': {
    answer: short,
    named: 'JSON_TRUNCATED',
  },
};

const dribbled = (page: object, ms: number) => ({
  status: 200,
  jsonBody: page,
  chunkedDribbleDelay: {numberOfChunks: 30, totalDuration: ms},
});

const pageOf = (number: number) => ({
  items: [{id: 2 * number - 1}, {id: 2 * number}],
  next: number === PAGES.length ? null : `/${number + 1}`,
});

const at = (number: number) => ({urlPath: `/${number}`});

const WHOLE: readonly Stub[] = PAGES.map((number) => ({
  request: at(number),
  response: {status: 200, jsonBody: pageOf(number)},
}));

/** The answers to a page one after another; behind the last one it is as it should be. */
const inTurn = (number: number, answers: readonly object[]): readonly Stub[] =>
  answers.map((response, index) => ({
    priority: 1,
    scenarioName: 'in turn',
    requiredScenarioState: index === 0 ? 'Started' : String(index),
    newScenarioState: String(index + 1),
    request: at(number),
    response,
  }));

const always = (number: number, response: object): readonly Stub[] => [
  {priority: 1, request: at(number), response},
];

const itemsBefore = (number: number) =>
  Array.from({length: 2 * (number - 1)}, (_, index) => ({id: index + 1}));
const ALL_ITEMS = itemsBefore(PAGES.length + 1);

const pathsTo = (number: number, more: number) => [
  ...PAGES.slice(0, number).map((page) => `/${page}`),
  ...Array.from({length: more}, () => `/${number}`),
];

describeWith('wiremock')('a list behind WireMock', () => {
  const place = workspace();
  let server: WireMock;
  beforeAll(async () => {
    server = await startWireMock();
  }, 90_000);
  afterAll(() => server.close());

  /** Reads the list; and which pages WireMock was asked for. */
  const read = async (stubs: readonly Stub[], more: object = {}) => {
    await server.answerWith([...WHOLE, ...stubs]);
    const config = {api_url: server.url, path: '/1', retry: RETRY, ...more};
    const done = await readStream(LIST, place, {stream: 'items', config, syncMode: 'full_refresh'});
    const seen = await server.seen();
    return {...done, seen, paths: seen.map(({path}) => path)};
  };

  describe.each(Object.entries(FAULTS))('%s', (_what, {answer, named, config}) => {
    test.each(PAGES.slice(0, 2))(
      'once at page %d costs one more request and no record',
      async (number) => {
        const stubs = inTurn(number, [answer(pageOf(number))]);
        const {records, errors, status, paths, took} = await read(stubs, config);
        expect({records, errors, status}).toEqual({records: ALL_ITEMS, errors: [], status: 0});
        expect(paths).toEqual([
          ...pathsTo(number, 1),
          ...PAGES.slice(number).map((page) => `/${page}`),
        ]);
        expect(took).toBeLessThan(BOUND);
      },
      60_000,
    );

    test.each(PAGES.slice(0, 2))(
      'that stays at page %d is an error with its name, after each attempt and in time',
      async (number) => {
        const stubs = always(number, answer(pageOf(number)));
        const {records, errors, status, paths, took} = await read(stubs, config);
        expect({records, status}).toEqual({records: itemsBefore(number), status: 1});
        expect(errors[0]).toBe(
          `items transient_error: GET ${server.url}/${number} failed ${ATTEMPTS} times, the last time with ${named}. ` +
            `Check that ${new URL(server.url).host} can be reached from here; if it can, try again later.`,
        );
        expect(paths).toEqual(pathsTo(number, ATTEMPTS - 1));
        expect(took).toBeLessThan(BOUND);
      },
      60_000,
    );
  });

  test('a body that comes in drops, but in time, is taken as it is', async () => {
    const stubs = always(2, dribbled(pageOf(2), 1_500));
    const {records, errors, paths} = await read(stubs);
    expect({records, errors}).toEqual({records: ALL_ITEMS, errors: []});
    expect(paths).toEqual(['/1', '/2', '/3']);
  }, 60_000);

  const busy = (status: number) => ({status, headers: {'Retry-After': '1'}, body: 'not now'});

  test.each(PAGES.slice(0, 2))(
    'page %d that answers 503, then 429, then well, is waited for as it asks',
    async (number) => {
      const {records, errors, seen, paths} = await read(inTurn(number, [busy(503), busy(429)]));
      expect({records, errors}).toEqual({records: ALL_ITEMS, errors: []});
      expect(paths).toEqual([
        ...pathsTo(number, 2),
        ...PAGES.slice(number).map((page) => `/${page}`),
      ]);
      const [first = 0, second = 0, third = 0] = seen.flatMap(({path, at}) =>
        path === `/${number}` ? [at] : [],
      );
      // Timers and logs have whole milliseconds.
      expect(Math.min(second - first, third - second)).toBeGreaterThan(995);
    },
    60_000,
  );

  test.each([503, 429])(
    '%d that stays is an error after each attempt, and not before the waits it asks for',
    async (status) => {
      const {records, errors, paths, took} = await read(always(2, busy(status)));
      expect(records).toEqual(itemsBefore(2));
      expect(errors[0]).toBe(
        `items transient_error: GET ${server.url}/2 answered ${status}: not now. All ${ATTEMPTS} attempts failed: try again later.`,
      );
      expect(paths).toEqual(pathsTo(2, ATTEMPTS - 1));
      expect(took).toBeGreaterThan(2_000);
      expect(took).toBeLessThan(BOUND);
    },
    60_000,
  );
});
