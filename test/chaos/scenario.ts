// Generates scenarios: streams, the rows of the API, their mutations meanwhile, and the interruptions of runs. Mutations that a
// documented limit excludes are not generated: see `allowed`.
import fc from 'fast-check';
import type {Fault, Mutation} from './api.ts';
import {type ChaosStream, DAY} from './streams.ts';

/** Interrupts a run like SIGKILL or SIGTERM after so many lines. */
export type Interruption = {
  readonly kind: 'kill' | 'stop';
  readonly lines: number;
  /** The time until the next run, in milliseconds. */
  readonly gap: number;
};

export type Scenario = {
  readonly streams: readonly ChaosStream[];
  readonly rows: readonly {
    readonly collection: string;
    readonly slice: string;
    /** In milliseconds, before the first run. */
    readonly age: number;
  }[];
  readonly mutations: readonly Mutation[];
  readonly faults: readonly Fault[];
  readonly interruptions: readonly Interruption[];
  readonly concurrency: number;
  /** The API's clock is ahead by so many milliseconds. */
  readonly skew: number;
  /** The duration of a request, in milliseconds. */
  readonly pace: number;
  /** Determines the order of responses to several slices. */
  readonly seed: number;
};

export const EPOCH = Date.parse('2026-01-01T00:00:00Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/**
 * The mutations that leave no row out of a list's pages. With offsets, a row that leaves its page moves a row of the next page
 * into a page that was already read, which no client can detect.
 */
const allowed = ({paging, order, window}: ChaosStream): readonly Mutation['kind'][] => {
  if (paging !== 'offset') return ['insert', 'update', 'delete'];
  return order === 'ascending' || window > 0 ? ['insert'] : ['insert', 'update'];
};

const shapes = fc.record({
  order: fc.constantFrom('ascending', 'ascending', 'descending', 'none'),
  paging: fc.constantFrom('keyset', 'offset', 'token'),
  pageSize: fc.integer({min: 1, max: 5}),
  tick: fc.constantFrom(1, 1_000, DAY),
  filters: fc.boolean(),
  tokenLife: fc.constantFrom(2 * HOUR, 48 * HOUR),
  hasCursor: fc.constantFrom(true, true, true, false),
  sliced: fc.integer({min: 0, max: 4}),
  lookback: fc.constantFrom(0, 10 * MINUTE, 6 * HOUR),
  window: fc.constantFrom(0, 0, 0, 1, 7),
  resumable: fc.constantFrom(0, 0, HOUR, 24 * HOUR),
  checkpointInterval: fc.constantFrom(0, 0, 60_000),
});

type Shape = typeof shapes extends fc.Arbitrary<infer T> ? T : never;

/** Resolves options that exclude each other. */
const streamOf = (name: string, {sliced, ...shape}: Shape): ChaosStream => {
  const isWindowed = shape.hasCursor && shape.window > 0;
  return {
    ...shape,
    name,
    order: isWindowed && shape.order === 'descending' ? 'none' : shape.order,
    filters: shape.hasCursor && (isWindowed || (shape.filters && shape.order !== 'descending')),
    window: isWindowed ? shape.window : 0,
    lookback: shape.hasCursor ? shape.lookback : 0,
    start: EPOCH - 20 * DAY,
    ...(sliced > 0 && {slices: Array.from({length: sliced}, (_none, index) => `s${index}`)}),
  };
};

const PARENTS = 3;

/** A parent and its child. */
const family = (
  above: Shape,
  below: Shape,
  {incremental, isHidden}: {readonly incremental: boolean; readonly isHidden: boolean},
): readonly ChaosStream[] => {
  const parentStream = streamOf('parents', {
    ...above,
    sliced: 0,
    // Changed parents are found by a cursor. They change with each child, so their places in the list change, too.
    ...(incremental && {hasCursor: true, paging: 'keyset' as const}),
  });
  const {slices: _none, ...child} = streamOf('children', {...below, sliced: 0});
  return [
    {...parentStream, isHidden},
    {...child, parent: {name: 'parents', incremental}},
  ];
};

const streamLists: fc.Arbitrary<readonly ChaosStream[]> = fc.oneof(
  {weight: 3, arbitrary: shapes.map((shape) => [streamOf('items', shape)])},
  {
    weight: 1,
    arbitrary: fc
      .tuple(shapes, shapes)
      .map(([one, other]) => [streamOf('items', one), streamOf('others', other)]),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        shapes,
        shapes,
        fc.record({incremental: fc.boolean(), isHidden: fc.constantFrom(false, false, true)}),
      )
      .map(([above, below, ties]) => family(above, below, ties)),
  },
);

/** The slices that exist from the start; of children, the first parents. */
const slicesOf = ({slices, parent}: ChaosStream): readonly string[] =>
  parent ? Array.from({length: PARENTS}, (_none, index) => String(index + 1)) : (slices ?? ['']);

const at = <T>(list: readonly T[], index: number): T => {
  const found = list[index % list.length];
  if (found === undefined) throw new Error('The list is empty.');
  return found;
};

/** Few different times, so that some are equal. */
const ages = fc
  .tuple(fc.integer({min: 0, max: 40}), fc.constantFrom(0, 0, 0, 1, 999, 1_000))
  .map(([quarters, more]) => quarters * 6 * HOUR + more);

const raw = fc.record({
  streams: streamLists,
  rows: fc.array(fc.tuple(fc.nat(20), fc.nat(20), ages), {maxLength: 40}),
  mutations: fc.array(
    fc.record({
      after: fc.integer({min: 1, max: 60}),
      stream: fc.nat(20),
      slice: fc.nat(20),
      kind: fc.nat(20),
      pick: fc.nat(40),
      late: fc.constantFrom(0, 0.5, 1),
    }),
    {maxLength: 12},
  ),
  faults: fc.array(
    fc.record({
      stream: fc.nat(20),
      slice: fc.nat(20),
      page: fc.nat(3),
      kind: fc.constantFrom('passing', 'passing', 'lasting'),
    }),
    {maxLength: 2},
  ),
  interruptions: fc.array(
    fc.record({
      kind: fc.constantFrom('kill', 'kill', 'stop'),
      /** In percent of the expected lines. */
      cut: fc.integer({min: 0, max: 130}),
      gap: fc.constantFrom(0, MINUTE, 30 * MINUTE, 3 * HOUR, 25 * HOUR),
    }),
    {maxLength: 4},
  ),
  concurrency: fc.integer({min: 1, max: 5}),
  skew: fc.constantFrom(0, 0, -50_000, 50_000),
  pace: fc.constantFrom(10, 1_000, 20_000),
  seed: fc.nat(),
});

type Raw = typeof raw extends fc.Arbitrary<infer T> ? T : never;

const mutationOf = (
  streams: readonly ChaosStream[],
  {stream, slice, kind, late, ...mutation}: Raw['mutations'][number],
): Mutation => {
  const spec = at(streams, stream);
  const isParent = streams.some(({parent}) => parent?.name === spec.name);
  const kinds = allowed(spec).filter((one) => !(isParent && one === 'delete'));
  return {
    ...mutation,
    collection: spec.name,
    slice: at(slicesOf(spec), slice),
    kind: at(kinds, kind),
    late: late * spec.lookback,
  };
};

export const scenarios: fc.Arbitrary<Scenario> = raw.map(
  ({rows, mutations, faults, interruptions, ...rest}) => {
    const {streams} = rest;
    return {
      ...rest,
      rows: [
        // The first ids are those of the parents.
        ...Array.from({length: PARENTS}, (_none, index) => ({
          collection: at(streams, 0).name,
          slice: at(slicesOf(at(streams, 0)), index),
          age: index * DAY,
        })),
        ...rows.map(([stream, slice, age]) => {
          const spec = at(streams, stream);
          return {collection: spec.name, slice: at(slicesOf(spec), slice), age};
        }),
      ],
      interruptions: interruptions.map(({cut, ...more}) => ({
        ...more,
        // Each record is a line, and most pages and slices have a STATE.
        lines: Math.floor((cut / 100) * (10 * streams.length + 1.5 * rows.length)),
      })),
      mutations: mutations.map((mutation) => mutationOf(streams, mutation)),
      faults: faults.map(({stream, slice, ...fault}) => {
        const spec = at(streams, stream);
        return {...fault, collection: spec.name, slice: at(slicesOf(spec), slice)};
      }),
    };
  },
);
