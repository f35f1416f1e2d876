// What fast-check makes up: streams, what the API holds, what happens to it meanwhile, and where runs are cut off. What a
// documented limit excludes is not made up: see `allowed`.
import fc from 'fast-check';
import type {Fault, Mutation} from './api.ts';
import {type ChaosStream, DAY} from './streams.ts';

/** How one run ends before its end: as by SIGKILL or SIGTERM, once so many lines are out. */
export type Interruption = {
  readonly kind: 'kill' | 'stop';
  readonly lines: number;
  /** How long it takes until the next run, in milliseconds. */
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
  /** How far the API's clock is ahead, in milliseconds. */
  readonly skew: number;
  /** How long a request takes, in milliseconds. */
  readonly pace: number;
  /** Of the order in which answers to several slices come. */
  readonly seed: number;
};

export const EPOCH = Date.parse('2026-01-01T00:00:00Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/**
 * What may happen to a list while it is paged, so that its pages still hold all of it: where pages are counted, a row that
 * leaves its place takes one of the next page along, which no client can see.
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

/** Options that exclude each other give way. */
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

/** A parent, and children in slices that are its records. */
const family = (
  above: Shape,
  below: Shape,
  {incremental, isHidden}: {readonly incremental: boolean; readonly isHidden: boolean},
): readonly ChaosStream[] => {
  const parentStream = streamOf('parents', {
    ...above,
    sliced: 0,
    // Those that changed are found by a cursor; and who changes with each child leaves its place in a list.
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

/** The slices that there are from the start; of children, the first parents. */
const slicesOf = ({slices, parent}: ChaosStream): readonly string[] =>
  parent ? Array.from({length: PARENTS}, (_none, index) => String(index + 1)) : (slices ?? ['']);

const at = <T>(list: readonly T[], index: number): T => {
  const found = list[index % list.length];
  if (found === undefined) throw new Error('The list is empty.');
  return found;
};

/** Few different times, so that there are ties. */
const ages = fc
  .tuple(fc.integer({min: 0, max: 40}), fc.constantFrom(0, 0, 0, 1, 999, 1_000))
  .map(([quarters, more]) => quarters * 6 * HOUR + more);

const raw = fc.record({
  streams: streamLists,
  rows: fc.array(fc.tuple(fc.nat(20), fc.nat(20), ages), {maxLength: 40}),
  mutations: fc.array(
    fc.record({
      behind: fc.integer({min: 1, max: 60}),
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
      /** In percent of what may come. */
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
        // Of each record a line, and most pages and slices have a STATE.
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
