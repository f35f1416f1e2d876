// A program is killed after each line and at random instants, stopped by a signal, left by its reader, out of memory, or has
// failing requests. It resumes from its client's states, and no record is lost.
//   CHAOS_SEED=1 npm test -- test/chaos/crash-matrix
// With HEADWATER_TESTS='quick slow' it is killed after every line, else after every tenth line.
import {afterAll, beforeAll, beforeEach, expect, test} from '@jest/globals';
import {inThisRun} from '../cases.ts';
import {workspace} from '../e2e/run-program.ts';
import {atOnce} from './at-once.ts';
import {randomOf} from './random.ts';
import {
  bundleChaos,
  type Client,
  type Cut,
  type Ended,
  lostRows,
  openClient,
  type ReadOptions,
  readChaos,
  rowCount,
  serveChaos,
} from './server.ts';

const {file} = workspace();
const SEED = Number(process.env['CHAOS_SEED'] ?? Date.now() % 2 ** 31);
/** Lines between two kills. A quick run kills one slice at a time after 1, 21, 41 … lines, five after 11, 31, 51 … */
const STEP = inThisRun({quick: 20, full: 1});
const INSTANTS = inThisRun({quick: 4, full: 24});
const LIMIT = 600_000;

let server: Awaited<ReturnType<typeof serveChaos>>;

beforeAll(async () => {
  await bundleChaos();
  server = await serveChaos();
});
beforeEach(() => server.api.breakDown([]));

const sum = {kills: 0, expected: 0, lost: 0, repeats: 0, worst: 0};

afterAll(async () => {
  await server.close();
  process.stdout.write(
    `Crash matrix, seed ${SEED}: ${sum.kills} kills tried, ${sum.expected} records expected, ${sum.lost} lost, ${sum.repeats} repeats, worst repeat ${sum.worst}.\n`,
  );
});

const read = async (
  client: Client,
  options: Omit<ReadOptions, 'file'>,
  from = server,
): Promise<Ended> => {
  const ended = await readChaos(from, client, {...options, file});
  sum.repeats += ended.repeats.all;
  sum.worst = Math.max(sum.worst, ended.repeats.worst);
  return ended;
};

/** Returns the lost rows. */
const account = (client: Client, from = server): readonly string[] => {
  const lost = lostRows(from, client);
  sum.expected += rowCount(from);
  sum.lost += lost.length;
  return lost;
};

const cutAndResume = async (cut: Cut, concurrency: number) => {
  const client = openClient(server);
  const first = await read(client, {concurrency, cut});
  const second = await read(client, {concurrency});
  sum.kills += 1;
  return {first, second, lost: account(client)};
};

const linesOfAll = async (concurrency: number): Promise<number> => {
  const {lines, status} = await read(openClient(server), {concurrency});
  expect(status).toBe(0);
  return lines;
};

test.each([
  {many: 'one slice', concurrency: 1, from: 1},
  {many: 'five slices', concurrency: 5, from: inThisRun({quick: 11, full: 1})},
])(
  'no record is lost after any line at which a read of $many at once is killed',
  async ({concurrency, from}) => {
    const all = await linesOfAll(concurrency);
    const cuts = Array.from(
      {length: Math.ceil((all - from + 1) / STEP)},
      (_none, index) => from + index * STEP,
    );
    const ends = await atOnce(4, cuts, async (lines) => {
      const cut = {by: 'SIGKILL', lines} as const;
      const {first, second, lost} = await cutAndResume(cut, concurrency);
      // The number of states of five slices depends on their timing, so a read may end before the line of its cut.
      const ended = concurrency > 1 && first.status === 0 && first.lines < lines;
      return {lines: ended ? lines : first.lines, status: second.status, lost};
    });
    expect(ends).toEqual(cuts.map((lines) => ({lines, status: 0, lost: []})));
  },
  LIMIT,
);

test(
  'no record is lost when reads are killed at random instants while the API changes',
  async () => {
    const random = randomOf(SEED);
    const startedAt = performance.now();
    await linesOfAll(5);
    const duration = performance.now() - startedAt;
    await atOnce(2, Array.from({length: INSTANTS / 2}), async () => {
      const changing = await serveChaos();
      const {collections} = changing;
      changing.api.plan(
        Array.from({length: 12}, () => ({
          after: Math.floor(random() * 60),
          ...(collections[Math.floor(random() * collections.length)] ?? {
            collection: '',
            slice: '',
          }),
          kind: random() < 0.5 ? ('insert' as const) : ('update' as const),
          pick: Math.floor(random() * 10),
          late: 0,
        })),
      );
      const client = openClient(changing);
      for (const _twice of [1, 2]) {
        const after = duration * (0.4 + 0.7 * random());
        await read(client, {concurrency: 5, cut: {by: 'SIGKILL', after}}, changing);
        sum.kills += 1;
      }
      changing.api.plan([]);
      // The first read completes the earlier runs, the second one reads the changes meanwhile.
      await read(client, {concurrency: 5}, changing);
      const {status} = await read(client, {concurrency: 5}, changing);
      expect({status, lost: account(client, changing)}).toEqual({status: 0, lost: []});
      await changing.close();
    });
  },
  LIMIT,
);

test.each([
  [5, 3],
  [20, 9],
  [40, 17],
])(
  'SIGTERM after %i lines saves all positions, and no record is lost',
  async (lines, responses) => {
    // Later responses wait for the signal, so that the run cannot end before it.
    server.hold(responses);
    const client = openClient(server);
    const first = await read(client, {concurrency: 5, cut: {by: 'SIGTERM', lines}});
    server.release();
    const second = await read(client, {concurrency: 5});
    sum.kills += 1;
    const lost = account(client);
    expect({first: first.status, stderr: first.stderr, second: second.status, lost}).toEqual({
      first: 'SIGTERM',
      stderr: '',
      second: 0,
      lost: [],
    });
  },
  LIMIT,
);

test.each([5, 40, 70])(
  'a reader that leaves after %i lines loses no record',
  async (lines) => {
    const {first, second, lost} = await cutAndResume({by: 'leave', lines}, 5);
    expect({first: first.status, stderr: first.stderr, second: second.status, lost}).toEqual({
      first: 0,
      stderr: '',
      second: 0,
      lost: [],
    });
  },
  LIMIT,
);

test.each([1, 5])(
  'no record is lost when memory runs out at a concurrency of %i',
  async (concurrency) => {
    const client = openClient(server);
    const starved = await read(client, {concurrency, hoard: 6, heap: 64});
    expect(starved.status).toBe('SIGABRT');
    expect(starved.stderr).toContain('heap out of memory');
    sum.kills += 1;
    const {status} = await read(client, {concurrency});
    expect({status, lost: account(client)}).toEqual({status: 0, lost: []});
  },
  LIMIT,
);

test(
  'a page that always fails leaves one stream incomplete, whose records come once it works again',
  async () => {
    server.api.breakDown([{collection: 'unordered', slice: '', page: 1, kind: 'lasting'}]);
    const client = openClient(server);
    const broken = [await read(client, {concurrency: 5}), await read(client, {concurrency: 5})];
    expect(broken.map(({status}) => status)).toEqual([1, 1]);
    const incomplete = broken.map(({messages}) =>
      messages.flatMap(({trace}) =>
        trace?.stream_status?.status === 'INCOMPLETE'
          ? trace.stream_status.stream_descriptor.name
          : [],
      ),
    );
    expect(incomplete).toEqual([['unordered'], ['unordered']]);
    // Two of its three records are on the page before.
    expect(lostRows(server, client)).toEqual([expect.stringMatching(/^unordered /)]);
    server.api.breakDown([]);
    const {status} = await read(client, {concurrency: 5});
    expect({status, lost: account(client)}).toEqual({status: 0, lost: []});
  },
  LIMIT,
);
