import {describe, expect, test} from '@jest/globals';
import {boundedQueue} from './queue.ts';

const isSettled = async (promise: Promise<unknown>): Promise<boolean> => {
  let settled = false;
  void promise.then(() => {
    settled = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  return settled;
};

describe('the queue', () => {
  test('returns items in order, and ends after the last one once it is closed', async () => {
    const queue = boundedQueue<number>(100);
    for (const item of [1, 2, 3]) void queue.push(item, 1);
    queue.close();
    expect(await Array.fromAsync(queue)).toEqual([1, 2, 3]);
  });

  test('lets a writer continue only when it has room again', async () => {
    const queue = boundedQueue<string>(10);
    const reader = queue[Symbol.asyncIterator]();
    expect(await isSettled(queue.push('a', 10))).toBe(true);
    const second = queue.push('b', 1);
    expect(await isSettled(second)).toBe(false);
    expect(await reader.next()).toEqual({done: false, value: 'a'});
    expect(await isSettled(second)).toBe(true);
  });

  test('accepts one item of any size', async () => {
    const queue = boundedQueue<string>(10);
    void queue.push('huge', 1_000);
    queue.close();
    expect(await Array.fromAsync(queue)).toEqual(['huge']);
  });

  test('wakes a reader that came before the first item', async () => {
    const queue = boundedQueue<string>(10);
    const first = queue[Symbol.asyncIterator]().next();
    void queue.push('late', 1);
    expect(await first).toEqual({done: false, value: 'late'});
  });

  test('does not keep a writer waiting when the reader has left', async () => {
    const queue = boundedQueue<string>(1);
    void queue.push('a', 1);
    for await (const _item of queue) break;
    expect(await isSettled(queue.push('b', 100))).toBe(true);
  });
});
