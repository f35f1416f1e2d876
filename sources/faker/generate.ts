// Makes pages of rows, in this thread or in several. The rows are the same either way.
import {once} from 'node:events';
import {isMainThread, parentPort, Worker, workerData} from 'node:worker_threads';
import type {Product} from './generated/products.ts';
import type {Purchase} from './generated/purchases.ts';
import type {User} from './generated/users.ts';
import {makeProduct, makePurchase, makeUser, type RowMaker, type World} from './rows.ts';

/** The record type of each stream. */
type Rows = {readonly users: User; readonly products: Product; readonly purchases: Purchase};
export type StreamName = keyof Rows;

/** Consecutive ids. */
export type Range = {readonly from: number; readonly length: number};

const MAKERS: {readonly [S in StreamName]: RowMaker<Rows[S]>} = {
  users: makeUser,
  products: makeProduct,
  purchases: makePurchase,
};

const makeRows = <S extends StreamName>(stream: S, {from, length}: Range, world: World) =>
  Array.from({length}, (_, offset) => MAKERS[stream](from + offset, world));

type Job = {readonly stream: StreamName; readonly range: Range; readonly world: World};

/** Marks the threads of this file. In a bundle, which is one file, other threads may run it, too. */
const THREAD = 'faker rows';

if (!isMainThread && workerData === THREAD) {
  parentPort?.on('message', ({stream, range, world}: Job) => {
    parentPort?.postMessage(makeRows(stream, range, world));
  });
}

/** Each thread has one job at a time. Pages are yielded in the order of their ranges. */
async function* makeInThreads<S extends StreamName>(
  stream: S,
  ranges: Iterable<Range>,
  world: World,
  threads: number,
): AsyncGenerator<readonly Rows[S][]> {
  const workers: Worker[] = [];
  const request = async (worker: Worker, range: Range): Promise<readonly Rows[S][]> => {
    worker.postMessage({stream, range, world} satisfies Job);
    const [rows] = await once(worker, 'message');
    return rows;
  };
  const startWorker = (): Worker => {
    const worker = new Worker(new URL(import.meta.url), {workerData: THREAD});
    workers.push(worker);
    return worker;
  };
  try {
    // In the order of their ranges. The first is awaited first, and then reused.
    const busy: {readonly worker: Worker; readonly rows: Promise<readonly Rows[S][]>}[] = [];
    for (const range of ranges) {
      const first = busy.length === threads ? busy.shift() : undefined;
      if (first !== undefined) yield await first.rows;
      const worker = first?.worker ?? startWorker();
      busy.push({worker, rows: request(worker, range)});
    }
    for (const {rows} of busy) yield await rows;
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

/** Makes the rows of each range, one page per range. */
export async function* makePages<S extends StreamName>(
  stream: S,
  ranges: Iterable<Range>,
  world: World,
  threads: number,
): AsyncGenerator<readonly Rows[S][]> {
  if (threads > 1) yield* makeInThreads(stream, ranges, world, threads);
  else for (const range of ranges) yield makeRows(stream, range, world);
}
