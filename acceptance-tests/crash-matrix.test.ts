// A program that is killed behind each of its lines, at any instant, stopped, left alone, starved and refused, and that goes
// on from the states its client has kept: no record is lost.
import {afterAll, beforeAll, beforeEach, expect, test} from '@jest/globals';
import {
  type ChaosServer,
  type Cut,
  lostRows,
  openClient,
  readChaos,
  serveChaos,
} from '../test/support/chaos-server.ts';
import {workspace} from '../test/support/program.ts';

const {file} = workspace();
let server: ChaosServer;

beforeAll(async () => {
  server = await serveChaos();
});
afterAll(() => server.close());
beforeEach(() => server.api.breakDown([]));

const sum = {kills: 0, expected: 0, lost: 0, repeats: 0, worst: 0};

/** Reads, cut off, then to the end; throws where a record is lost. */
const cutAndGoOn = async (cut: Cut, concurrency: number) => {
  const client = openClient(server);
  const first = await readChaos(server, client, {file, concurrency, cut});
  const second = await readChaos(server, client, {file, concurrency});
  console.info(first.lines, first.status, second.lines, second.status, lostRows(server, client));
  return {first, second};
};

test('x', async () => {
  const t = performance.now();
  const r = await cutAndGoOn({by: 'SIGKILL', lines: 1000}, 1);
  console.info(
    performance.now() - t,
    r.first.stderr,
    r.first.messages.flatMap(({log}) => log?.message ?? []),
  );
  await cutAndGoOn({by: 'SIGKILL', lines: 30}, 5);
  await cutAndGoOn({by: 'SIGTERM', lines: 30}, 5);
  await cutAndGoOn({by: 'leave', lines: 30}, 5);
  const client = openClient(server);
  const o = await readChaos(server, client, {file, concurrency: 1, hoard: 8, heap: 64});
  console.info(o.status, o.lines, o.stderr.slice(0, 300));
  expect(sum.lost).toBe(0);
}, 100_000);
