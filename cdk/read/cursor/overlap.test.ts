import {hash} from 'node:crypto';
import {describe, expect, test} from '@jest/globals';
import {followOverlap, NO_OVERLAP, type Overlap} from './overlap.ts';

const SPAN = 100;

type RunOptions = {
  readonly before?: Overlap;
  readonly position?: number;
  readonly latest?: number;
  readonly isComplete?: boolean;
};

/** One run of one slice: records as [key, cursor]. */
const run = (
  records: Iterable<readonly [key: number, at: number]>,
  {
    before = NO_OVERLAP,
    position,
    latest = Number.MAX_SAFE_INTEGER,
    isComplete = true,
  }: RunOptions = {},
) => {
  const late: number[] = [];
  const overlap = followOverlap({
    before,
    span: SPAN,
    latest,
    onLate: (behindMs) => late.push(behindMs),
  });
  const slice = overlap.slice(position);
  for (const record of records) slice.observe(...record);
  slice.close();
  return {late, memory: overlap.memory(isComplete)};
};

const keyOf = (n: number): number =>
  Number.parseInt(hash('sha1', String(n), 'hex').slice(0, 12), 16);

describe('the overlap of two runs', () => {
  test('has late records only: those that the run before has not seen', () => {
    const first = run([
      [1, 850],
      [2, 950],
      [3, 1_000],
    ]);
    const second = run(
      [
        [2, 950],
        [4, 990],
        [3, 1_000],
        [5, 1_100],
      ],
      {before: first.memory, position: 1_000},
    );
    expect(first).toEqual({late: [], memory: {span: SPAN, level: 0, keys: new Set([2, 3])}});
    expect(second).toEqual({
      late: [10],
      memory: {span: SPAN, level: 0, keys: new Set([3, 5])},
    });
  });

  test('counts a late record once, in its own run and in later ones', () => {
    const first = run([[1, 1_000]]);
    const late = [
      [2, 950],
      [2, 950],
    ] as const;
    const second = run(late, {before: first.memory, position: 1_000});
    const third = run(late, {before: second.memory, position: 1_000});
    expect([second.late, third.late]).toEqual([[50], []]);
  });

  test('says nothing of what lies before the memory', () => {
    const first = run([[1, 1_000]]);
    expect(run([[2, 899]], {before: first.memory, position: 1_000}).late).toEqual([]);
    expect(run([[2, 950]], {before: NO_OVERLAP, position: 1_000}).late).toEqual([]);
  });

  test('reaches back from where the position may be, which is not behind the run', () => {
    const {memory} = run(
      [
        [1, 850],
        [2, 990],
      ],
      {latest: 940},
    );
    expect(memory.keys).toEqual(new Set([1, 2]));
  });

  test('reaches back from the position of a slice that has nothing new', () => {
    const before: Overlap = {span: SPAN, level: 0, keys: new Set([1, 2])};
    const records = [
      [1, 850],
      [2, 950],
    ] as const;
    expect(run(records, {before, position: 1_000}).memory.keys).toEqual(new Set([2]));
  });

  test('keeps what it knew, and no more than that reaches, until all slices are read', () => {
    const before: Overlap = {span: 60, level: 0, keys: new Set([7])};
    expect(run([[1, 1_000]], {before, isComplete: false}).memory).toEqual({
      span: 60,
      level: 0,
      keys: new Set([1, 7]),
    });
  });

  test('knows the records of a slice that is still open', () => {
    const overlap = followOverlap({
      before: NO_OVERLAP,
      span: SPAN,
      latest: 2_000,
      onLate: () => {},
    });
    const slice = overlap.slice(undefined);
    slice.observe(1, 1_000);
    slice.observe(2, 1_200);
    expect(overlap.memory(true).keys).toEqual(new Set([2]));
  });
});

describe('the memory of an overlap', () => {
  const many = function* (count: number, at: (n: number) => number, from = 0) {
    for (let n = from; n < from + count; n += 1) yield [keyOf(n), at(n)] as const;
  };

  test('needs no sample where only the last of many records lie in it', () => {
    const {memory} = run(many(50_000, (n) => n));
    expect([memory.level, memory.keys.size]).toEqual([0, SPAN + 1]);
  });

  test('is a sample where many records lie in it, whatever their order', () => {
    const {memory} = run(many(50_000, (n) => 1_000 + ((n * 7) % 90)));
    expect(memory.keys.size).toBeLessThanOrEqual(512);
    expect(memory.keys.size).toBeGreaterThan(128);
    expect(memory.keys.size * 2 ** memory.level).toBeGreaterThan(40_000);
    expect(memory.keys.size * 2 ** memory.level).toBeLessThan(60_000);
  });

  test('finds the late ones among the same sample', () => {
    const at = (n: number) => 1_000 + ((n * 7) % 90);
    const {memory} = run(many(50_000, at));
    const both = [...many(50_000, at), ...many(10_000, at, 50_000)];
    const {late} = run(both, {before: memory, position: 1_090});
    expect(late.length * 2 ** memory.level).toBeGreaterThan(7_000);
    expect(late.length * 2 ** memory.level).toBeLessThan(13_000);
  });
});
