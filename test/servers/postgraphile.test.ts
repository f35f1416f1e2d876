// A million rows through Relay cursors, from PostGraphile over a real PostgreSQL.
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {afterAll, beforeAll, expect, test} from '@jest/globals';
import {errorsIn, lastStates, recordsOf} from '../../cdk/testing/messages.ts';
import {parseMessages} from '../../cdk/testing/protocol.ts';
import {configuredCatalog, ROOT, runSource, workspace} from '../e2e/run-program.ts';
import {AT_ONCE, EVENTS, startPostgraphile} from './postgraphile.ts';
import {describeWith} from './servers.ts';

const PROGRAM = join(ROOT, 'test/programs/postgraphile/main.ts');
const PEAK_LIMIT_MB = 150;
/** The exact line of an event. It checks more than the protocol's schema, and is much faster. */
const EVENT =
  /^\{"type":"RECORD","record":\{"stream":"events","data":\{"id":"(\d+)","kind":"(?:push|fork|star)","payload":"event \1","updated_at":"2020-[\d:T-]+\.000000\+00:00"\},"emitted_at":\d{13}\}\}$/;

const {folder, file} = workspace();

/** The kernel's own high-water mark of a process, in megabytes; 0 once it has gone. */
const peakOf = (pid: number | undefined): number => {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
};

/** Counts ids, with a byte for each. */
const openTally = () => {
  const times = new Uint8Array(EVENTS + 1);
  return {
    add: (id: number) => {
      times[id] = (times[id] ?? 0) + 1;
    },
    /** The number of events that came once, and the counts of the others. */
    result: () => {
      const repeats = times.reduce((sum, count) => sum + Math.max(0, count - 1), 0);
      return {distinct: times.reduce((sum, count) => sum + Math.min(1, count), 0), repeats};
    },
  };
};

type Tally = ReturnType<typeof openTally>;

type Messages = ReturnType<typeof parseMessages>;

type ReadOptions = {
  readonly config?: object;
  readonly state?: unknown;
  readonly enough?: (messages: Messages, records: number) => boolean;
};

describeWith('postgraphile')('a million rows with Relay cursors', () => {
  let server: Awaited<ReturnType<typeof startPostgraphile>>;
  beforeAll(async () => {
    server = await startPostgraphile(folder);
  }, 120_000);
  afterAll(() => server?.close());

  const filesFor = (streams: readonly string[], config: object = {}) => [
    '--config',
    file('config.json', {api_url: server.url, ...config}),
    '--catalog',
    file('catalog.json', configuredCatalog(streams)),
  ];

  /** Reads the events line by line, until `enough` is true of the messages between them. */
  const readEvents = async (
    tally: Tally,
    {config = {}, state = [], enough = () => false}: ReadOptions,
  ) => {
    const args = [...filesFor(['events'], config), '--state', file('state.json', state)];
    const startedAt = performance.now();
    const child = spawn(PROGRAM, ['read', ...args], {stdio: ['ignore', 'pipe', 'inherit']});
    const ended = once(child, 'close');
    const messages: Messages = [];
    let records = 0;
    let peak = 0;
    for await (const line of createInterface({input: child.stdout})) {
      const id = EVENT.exec(line)?.[1];
      if (id !== undefined) {
        tally.add(Number(id));
        records += 1;
        continue;
      }
      messages.push(...parseMessages(`${line}\n`));
      peak = Math.max(peak, peakOf(child.pid));
      if (enough(messages, records)) {
        child.kill('SIGKILL');
        break;
      }
    }
    const [code, signal] = await ended;
    const seconds = (performance.now() - startedAt) / 1_000;
    return {messages, records, peak, seconds, status: signal ?? code};
  };

  test('have a config that check accepts', async () => {
    const path = file('config.json', {api_url: server.url});
    const {messages} = await runSource(PROGRAM, ['check', '--config', path]);
    expect(messages).toEqual([
      {type: 'CONNECTION_STATUS', connectionStatus: {status: 'SUCCEEDED'}},
    ]);
  }, 30_000);

  // This runs after the test above, which leaves the program's compiled code in the cache: compiling takes 20 MB.
  test('come once each, through a program that needs little memory', async () => {
    const tally = openTally();
    const {messages, records, peak, seconds, status} = await readEvents(tally, {
      config: {checkpoint_interval: 500},
    });
    process.stderr.write(
      `PostGraphile: ${records} rows in ${seconds.toFixed(1)} s, ${Math.round(records / seconds)} a second; the program used ${Math.round(peak)} MB at most.\n`,
    );
    expect({status, records, ...tally.result()}).toEqual({
      status: 0,
      records: EVENTS,
      distinct: EVENTS,
      repeats: 0,
    });
    expect(messages.filter(({record}) => record)).toEqual([]);
    expect(lastStates(messages)).toMatchObject([
      {stream: {stream_state: {updated_at: '2020-01-01T06:39:00.000000+00:00'}}},
    ]);
    expect(peak).toBeGreaterThan(0);
    expect(peak).toBeLessThan(PEAK_LIMIT_MB);
  }, 120_000);

  test('are complete after a kill in the middle: the last state brings the rest, and repeats only rows of its own time', async () => {
    const tally = openTally();
    // A page never ends together with a time.
    const config = {page_size: 4_999, checkpoint_interval: 0};
    const before = await readEvents(tally, {
      config,
      enough: (messages, records) => records > 400_000 && messages.at(-1)?.type === 'STATE',
    });
    expect(before.status).toBe('SIGKILL');
    expect(before.records).toBeLessThan(EVENTS / 2);
    const after = await readEvents(tally, {config, state: lastStates(before.messages)});
    expect(after.status).toBe(0);
    const {distinct, repeats} = tally.result();
    expect(distinct).toBe(EVENTS);
    expect(repeats).toBe(before.records + after.records - EVENTS);
    expect(repeats).toBeGreaterThan(0);
    expect(repeats).toBeLessThanOrEqual(AT_ONCE);
  }, 120_000);

  const read = async (stream: string, config: object = {}) => {
    const {messages, status} = await runSource(PROGRAM, ['read', ...filesFor([stream], config)]);
    return {ids: recordsOf(messages, stream).map(({id}) => id), errors: errorsIn(messages), status};
  };

  test('that may not be seen are null in a page, and are not records', async () => {
    expect(await read('hidden', {page_size: 2})).toEqual({
      ids: ['1', '2', '4', '5', '7', '8'],
      errors: [],
      status: 0,
    });
  }, 30_000);

  test.each([
    [
      'a field is misspelt',
      'misspelt',
      'Cannot query field "paylaod" on type "Event". Did you mean "payload"?.',
    ],
    [
      'a cursor is not from this list',
      'broken_cursor',
      'Invalid cursor, please enter a cursor from a previous request, or null (at allEvents).',
    ],
  ])(
    "fail with PostGraphile's own message if %s, although the status is 200",
    async (_what, stream, words) => {
      expect(await read(stream)).toEqual({
        ids: [],
        errors: [
          `${stream} system_error: POST ${server.url}/graphql answered with errors: ${words}`,
          `all system_error: 1 of 1 streams failed: ${stream}. The errors before this one say why.`,
        ],
        status: 1,
      });
    },
    30_000,
  );
});
