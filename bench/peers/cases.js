// What is compared, how large it is, and what has to come out.

/** Records of a page of the server. */
const PER_PAGE = 100;

const memory = (stream, records, bytes) => ({stream, config: {records, bytes}, records});
const http = (stream, pages) => ({stream, config: {pages}, records: pages * PER_PAGE});

/**
 * Cases in which the kit and its peers emit the same records: `full` and `short` say how many. `least` is what the kit
 * must reach: times the peer's records per second (`wall`) and per second of the processor's time (`cpu`), and of the
 * latter times those of Airbyte's own kit (`python`). `mostMb` is the most memory. Of a case with `floor`, the kit's
 * output goes through `cat | cat`, too; Airbyte's own kit runs in one with `python`.
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
    // A checkpoint each 1,000 records.
    name: 'incremental',
    mode: 'incremental',
    full: memory('changes', 1_000_000, 200),
    short: memory('changes', 300_000, 200),
    least: {},
    mostMb: 100,
  },
  {
    // Nothing looks at the records: what a kit may hand on as bytes.
    name: 'http-untouched',
    full: http('untouched', 1_000),
    short: http('untouched', 500),
    floor: true,
    python: true,
    least: {wall: 3.2, cpu: 5, python: 20},
    mostMb: 100,
  },
  {
    // The cursor of each record is looked at, and what is old would be left out; the rest goes out as bytes all the same.
    name: 'http-filtered',
    mode: 'incremental',
    full: http('filtered', 1_000),
    short: http('filtered', 500),
    least: {},
    mostMb: 100,
  },
  {
    // The source maps each record, so that it has to be parsed and printed.
    name: 'http-mapped',
    full: http('mapped', 1_000),
    short: http('mapped', 500),
    least: {wall: 1.8, cpu: 2.3, python: 10},
    mostMb: 100,
  },
];

/** The start of a program, against that of Node without one: at most so many times its time of the processor. */
export const SPEC = {name: 'spec', mostTimes: 2, mostMb: 60};

/** What the kit does alone. */
export const ALONE = [
  {name: 'slices', what: '1,000 slices at 100 ms, 10 at a time'},
  {name: 'huge-body', what: '2 GB in one list', mostMb: 130},
  {name: 'ten-million', what: '10,000,000 × 200 B', records: 10_000_000, mostMb: 100},
];

export const NAMES = [...CASES, SPEC, ...ALONE].map(({name}) => name);
