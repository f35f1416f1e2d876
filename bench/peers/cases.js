// The cases, their sizes and their limits.

/** The number of records in a page of the server. */
const PER_PAGE = 100;

const memory = (stream, records, bytes) => ({stream, config: {records, bytes}, records});
const http = (stream, pages) => ({stream, config: {pages}, records: pages * PER_PAGE});

/**
 * Cases in which the kit and its peers emit the same records; `full` and `short` are the sizes. The kit must reach the
 * factors in `least`: its records per second over those of faros (`wall`), per second of CPU time over those of faros
 * (`cpu`) and of Airbyte's own kit (`python`). `mostMb` is the most memory. With `floor`, `cat` of the kit's output is
 * measured too. With `python: true`, Airbyte's own kit runs too.
 */
export const CASES = [
  {
    name: 'memory-200b',
    full: memory('memory', 1_000_000, 200),
    short: memory('memory', 300_000, 200),
    floor: true,
    least: {wall: 5},
    mostMb: 100,
  },
  {
    name: 'memory-2kb',
    full: memory('memory', 100_000, 2_000),
    short: memory('memory', 50_000, 2_000),
    floor: true,
    least: {wall: 2},
    mostMb: 100,
  },
  {
    // A checkpoint after each 1,000 records.
    name: 'incremental',
    mode: 'incremental',
    full: memory('changes', 1_000_000, 200),
    short: memory('changes', 300_000, 200),
    least: {},
    mostMb: 100,
  },
  {
    // Nothing reads the records, so a kit may pass them through as bytes.
    name: 'http-untouched',
    full: http('untouched', 1_000),
    short: http('untouched', 500),
    floor: true,
    python: true,
    least: {wall: 3.2, cpu: 5, python: 20},
    mostMb: 100,
  },
  {
    // The cursor of each record is read, and old records would be dropped; the others still pass through as bytes.
    name: 'http-filtered',
    mode: 'incremental',
    full: http('filtered', 1_000),
    short: http('filtered', 500),
    least: {},
    mostMb: 100,
  },
  {
    // The source maps each record, so it must be parsed and printed.
    name: 'http-mapped',
    full: http('mapped', 1_000),
    short: http('mapped', 500),
    least: {wall: 1.8, cpu: 2.3, python: 10},
    mostMb: 100,
  },
];

/** The start of the kit's program may take at most `mostTimes` the CPU time of an empty Node program. */
export const SPEC = {name: 'spec', mostTimes: 2, mostMb: 60};

/** Cases without a peer. */
export const ALONE = [
  {name: 'slices', what: '1,000 slices at 100 ms, 10 at a time'},
  {name: 'huge-body', what: '2 GB in one list', mostMb: 130},
  {name: 'ten-million', what: '10,000,000 × 200 B', records: 10_000_000, mostMb: 100},
];

export const NAMES = [...CASES, SPEC, ...ALONE].map(({name}) => name);
