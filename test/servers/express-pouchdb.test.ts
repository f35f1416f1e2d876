// The feed of changes of CouchDB's API, from PouchDB's server: its tokens are the positions, and it reports deletes.
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {afterAll, afterEach, beforeAll, beforeEach, expect, test} from '@jest/globals';
import {lastStates, recordsOf} from '../../cdk/testing/messages.ts';
import {parseMessages} from '../../cdk/testing/protocol.ts';
import {configuredCatalog, ROOT, workspace} from '../e2e/run-program.ts';
import {type Doc, startPouchDb} from './express-pouchdb.ts';
import {checkConfig, readStream} from './reading.ts';
import {describeWith} from './servers.ts';

const SOURCE = join(ROOT, 'test/programs/couchdb/main.ts');

const docs = (prefix: string, from: number, to: number, more: object = {}): readonly Doc[] =>
  Array.from({length: to - from + 1}, (_none, index) => ({
    _id: `${prefix}${from + index}`,
    value: from + index,
    // Whole rows are compared, so they have some more in them.
    nested: {text: 'ä\n"', list: [1.5, null, {}]},
    ...more,
  }));

/** The rows of a destination: the last row of each id, and none that was deleted. */
const land = (records: readonly object[], rows: ReadonlyMap<string, object> = new Map()) => {
  const landed = new Map(rows);
  for (const record of records) {
    const id = String(Reflect.get(record, '_id'));
    if ('_deleted_at' in record) landed.delete(id);
    else landed.set(id, record);
  }
  return landed;
};

const idsOf = (records: readonly object[]): readonly string[] =>
  records.map((record) => String(Reflect.get(record, '_id'))).toSorted();

describeWith('express-pouchdb')('the documents of a PouchDB server', () => {
  const place = workspace();
  let server: Awaited<ReturnType<typeof startPouchDb>>;
  beforeAll(async () => {
    server = await startPouchDb();
  }, 60_000);
  afterAll(() => server?.close());

  const databases = ['one', 'two'];
  let config: object;
  beforeEach(async () => {
    config = {api_url: server.url, databases, page_size: 7};
    for (const database of databases) {
      await server.create(database);
      await server.write(database, docs(database, 1, 40));
    }
  });
  afterEach(async () => {
    for (const database of databases) await server.destroy(database).catch(() => {});
  });

  const read = (states?: readonly object[]) =>
    readStream(SOURCE, place, {stream: 'documents', config, ...(states && {states})});

  /** Updates two documents of the first database, deletes two, and creates two. */
  const change = async (): Promise<void> => {
    await server.write('one', [
      ...docs('one', 5, 6, {changed: true}),
      ...docs('one', 7, 8).map(({_id}) => ({_id, _deleted: true})),
      ...docs('one', 41, 42),
    ]);
  };

  test('have a config that check accepts, and one that it does not', async () => {
    expect(await checkConfig(SOURCE, place, config)).toEqual([{status: 'SUCCEEDED'}]);
    const missing = {...config, databases: ['three']};
    expect(await checkConfig(SOURCE, place, missing)).toEqual([
      {
        status: 'FAILED',
        message: 'There is no database three: check `databases`.',
      },
    ]);
  }, 60_000);

  test('are all read, then exactly those that changed, then none', async () => {
    const first = await read();
    expect(first).toMatchObject({errors: [], warnings: [], status: 0});
    expect(first.records).toHaveLength(80);
    expect(land(first.records)).toEqual(await server.rows(...databases));
    await change();
    const second = await read(first.states);
    expect(second).toMatchObject({errors: [], warnings: [], status: 0});
    expect(idsOf(second.records)).toEqual(['one41', 'one42', 'one5', 'one6', 'one7', 'one8']);
    expect(second.records.filter((record) => '_deleted_at' in record)).toEqual(
      ['one7', 'one8'].map((_id) => ({
        _id,
        _rev: expect.stringMatching(/^2-/),
        _deleted: true,
        _deleted_at: expect.any(String),
      })),
    );
    expect(land(second.records, land(first.records))).toEqual(await server.rows(...databases));
    const third = await read(second.states);
    expect(third).toMatchObject({records: [], states: second.states, warnings: [], status: 0});
  }, 60_000);

  test('come from the feed as before after a compaction', async () => {
    const first = await read();
    await change();
    for (const database of databases) await server.compact(database);
    const second = await read(first.states);
    expect(second.warnings).toEqual([]);
    expect(second.records).toHaveLength(6);
    expect(land(second.records, land(first.records))).toEqual(await server.rows(...databases));
  }, 60_000);

  /** Reads, and kills the program after so many lines. The rest of its output is lost, as when its machine fails. */
  const readLines = async (lines: number, states: readonly object[]) => {
    const args = [
      ...['--config', place.file('config.json', config)],
      ...['--catalog', place.file('catalog.json', configuredCatalog(['documents']))],
      ...['--state', place.file('state.json', states)],
    ];
    const child = spawn(SOURCE, ['read', ...args], {stdio: ['ignore', 'pipe', 'inherit']});
    const ended = once(child, 'close');
    const seen: string[] = [];
    for await (const line of createInterface({input: child.stdout})) {
      seen.push(line);
      if (seen.length < lines) continue;
      child.kill('SIGKILL');
      break;
    }
    await ended;
    const messages = parseMessages(seen.map((line) => `${line}\n`).join(''));
    const reached = lastStates(messages);
    return {
      records: recordsOf(messages, 'documents'),
      states: reached.length > 0 ? reached : states,
      isWhole: seen.length < lines,
    };
  };

  test('lose nothing when the program is killed anywhere', async () => {
    const begun = await read();
    await change();
    await server.write('two', docs('two', 1, 20, {changed: true}));
    const expected = await server.rows(...databases);
    const rows = land(begun.records);
    const kills: number[] = [];
    for (let lines = 1; ; lines += 3) {
      const cut = await readLines(lines, begun.states);
      if (cut.isWhole) break;
      const rest = await read(cut.states);
      expect({lines, status: rest.status, warnings: rest.warnings}).toEqual({
        lines,
        status: 0,
        warnings: [],
      });
      expect({lines, rows: land(rest.records, land(cut.records, rows))}).toEqual({
        lines,
        rows: expected,
      });
      kills.push(lines);
    }
    expect(kills.length).toBeGreaterThan(10);
    // The same in a first read, where the positions are in its middle.
    for (const lines of [5, 20, 40, 60, 80]) {
      const cut = await readLines(lines, []);
      const rest = await read(cut.states);
      expect({lines, rows: land(rest.records, land(cut.records))}).toEqual({lines, rows: expected});
    }
  }, 240_000);

  test('are a silent loss with the bare token if the database was created again', async () => {
    await server.destroy('one');
    await server.create('one');
    await server.write('one', docs('new', 1, 40));
    // This is why the source saves more than the number.
    expect(await server.json('/one/_changes?since=40')).toEqual({results: [], last_seq: 40});
    expect(await server.json('/one/_changes?since=99')).toEqual({results: [], last_seq: 99});
  }, 60_000);

  test.each([
    ['fewer', 1, 10],
    ['as many', 1, 40],
    ['more', 1, 60],
  ])(
    'are all read again if the database was created again with %s documents',
    async (_what, from, to) => {
      const first = await read();
      await server.destroy('one');
      await server.create('one');
      await server.write('one', [...docs('one', 1, 3), ...docs('new', from, to)]);
      const second = await read(first.states);
      expect(second).toMatchObject({errors: [], status: 0});
      expect(second.warnings).toEqual([
        expect.stringMatching(
          /^Stream documents: database=one is read from its beginning, and all of its records count as new, because the API no longer knows its token: The database one does not know revision 1-\w+ of one40, the last change that was read\. Known records that it lacks count as deleted\.$/,
        ),
        expect.stringMatching(
          /^Stream documents: 37 of \d+ known records are missing in the lists of ids\./,
        ),
      ]);
      // The safety limit keeps rows that seem to be deleted: so many at once are for the user to decide.
      const landed = land(second.records, land(first.records));
      const expected = await server.rows(...databases);
      expect(new Map([...landed].filter(([id]) => expected.has(id)))).toEqual(expected);
    },
    60_000,
  );

  test('that are missing in a database created again count as deleted, within the safety limit', async () => {
    const first = await read();
    await server.destroy('one');
    await server.create('one');
    await server.write('one', [...docs('new', 1, 5), ...docs('one', 1, 35)]);
    const second = await read(first.states);
    expect(second.warnings).toHaveLength(1);
    expect(idsOf(second.records.filter((record) => '_deleted_at' in record))).toEqual([
      'one36',
      'one37',
      'one38',
      'one39',
      'one40',
    ]);
    expect(land(second.records, land(first.records))).toEqual(await server.rows(...databases));
    expect(await read(second.states)).toMatchObject({records: [], warnings: [], status: 0});
  }, 60_000);

  test('of another server are read from the beginning, although it has the same databases', async () => {
    const first = await read();
    const other = await startPouchDb();
    try {
      for (const database of databases) {
        await other.create(database);
        await other.write(database, docs(database, 1, 40));
      }
      config = {...config, api_url: other.url};
      const second = await read(first.states);
      expect(second.records).toHaveLength(80);
      expect(second.warnings).toEqual(
        databases.map((database) =>
          expect.stringMatching(
            new RegExp(
              `^Stream documents: database=${database} is read from its beginning, .+: it belongs to \\d+, and now there is \\d+\\.`,
            ),
          ),
        ),
      );
    } finally {
      await other.close();
    }
  }, 60_000);

  test('of a database that is missing fail, and its token stays', async () => {
    const first = await read();
    await server.destroy('one');
    const second = await read(first.states);
    expect(second.status).toBe(1);
    expect(second.errors[0]).toBe(
      'documents config_error: database=one: There is no database one: check `databases`.',
    );
    await server.create('one');
    await server.write('one', docs('one', 1, 40));
    expect((await read(second.states)).records).toEqual([]);
  }, 60_000);
});
