import {describe, expect, test} from '@jest/globals';
import {isObject} from '../../cdk/json/values.ts';
import type {Outcome} from '../check-kit/check.ts';
import {settingsOf} from '../config/load.ts';
import type {Connector, Run} from '../connectors/connector.ts';
import {incremental} from './future-state.ts';

type Data = Readonly<Record<string, unknown>>;

/** The output of a read: records, and states of its only stream, in order. */
type Output = readonly ({readonly record: Data} | {readonly state: Data})[];

type Reads = {
  readonly primaryKey?: string;
  readonly cursor?: string;
  /** The catalog says that the source has a cursor of its own, which is in no field. */
  readonly hasToken?: boolean;
  readonly first: Output;
  /** The read from a state; by default it returns nothing. */
  readonly resumed?: (state: Data) => Output;
};

const CONFIG = new URL('../broken/healthy/acceptance-test-config.yml', import.meta.url).pathname;
const SAMPLE = 'integration_tests/sample_config.json';

const linesOf = (output: Output) =>
  output.map((one) => {
    const json =
      'record' in one
        ? {type: 'RECORD', record: {stream: 'rows', data: one.record, emitted_at: Date.now()}}
        : {
            type: 'STATE',
            state: {
              type: 'STREAM',
              stream: {stream_descriptor: {name: 'rows'}, stream_state: one.state},
            },
          };
    return {text: JSON.stringify(json), json};
  });

const catalogOf = ({primaryKey = 'id', cursor = 'at', hasToken = false}: Reads) => ({
  type: 'CATALOG',
  catalog: {
    streams: [
      {
        name: 'rows',
        json_schema: {},
        supported_sync_modes: ['incremental'],
        ...(hasToken ? {source_defined_cursor: true} : {default_cursor_field: [cursor]}),
        source_defined_primary_key: [[primaryKey]],
      },
    ],
  },
});

const stateIn = (inputs: unknown): Data | undefined => {
  const text = JSON.stringify(isObject(inputs) ? (inputs['state'] ?? null) : null);
  const found = /"stream_state":(.*)\}\}\]$/.exec(text)?.[1];
  return found === undefined ? undefined : JSON.parse(found);
};

const connectorOf = (reads: Reads): Connector => ({
  label: 'fake',
  image: undefined,
  run: async (command, inputs): Promise<Run> => {
    const state = stateIn(inputs);
    const output = state === undefined ? reads.first : (reads.resumed ?? (() => [{state}]))(state);
    const lines = command === 'discover' ? [{text: '', json: catalogOf(reads)}] : linesOf(output);
    return {
      ...{command, commandLine: command, inputs, lines, stderr: ''},
      ...{exit: {code: 0, signal: null}, startedAt: Date.now(), took: 1},
      ...{firstLineAfter: 1, peakMemory: undefined},
    };
  },
});

const run = async (name: string, reads: Reads, more: object = {}): Promise<Outcome> => {
  const tests = [{config_path: SAMPLE, ...more}];
  const settings = await settingsOf(
    {connector_image: 'x', acceptance_tests: {incremental: {tests}}},
    CONFIG,
  );
  const check = incremental.find((one) => one.name === name);
  if (check === undefined) throw new Error(`There is no check ${name}.`);
  return check.run({connector: connectorOf(reads), settings});
};

const statusOf = async (name: string, reads: Reads): Promise<string> =>
  (await run(name, reads)).status;

const TWO_READS = 'test_two_sequential_reads';
const SLICES = 'test_read_sequential_slices';

const row = (slice: string, at: unknown) => ({
  record: {id: `${slice}${String(at)}`, shop: slice, at},
});
const bare = (slice: string, at: unknown) => ({record: {id: `${slice}${String(at)}`, at}});

/** Two slices at 3000 and 1200, in the ways in which states list slices. */
const FORMS: readonly (readonly [string, Data])[] = [
  ['slices of this kit', {at: 3000, slices: {'shop=a': {at: 3000}, 'shop=b': {at: 1200}}}],
  [
    'folded slices of this kit',
    {at: 3000, slices: {'shop=b': {at: 1200}}, folded: [{at: 3000, keys: 'AYCA'}]},
  ],
  [
    "partitions of Airbyte's Python CDK",
    {
      states: [
        {partition: {shop: 'a', parent_slice: {}}, cursor: {at: 3000}},
        {partition: {shop: 'b', parent_slice: {}}, cursor: {at: 1200}},
      ],
      parent_state: {shops: {at: 5000}},
      state: {at: 3000},
    },
  ],
  ['a map from slice to cursor', {a: {at: 3000}, b: {at: 1200}}],
];

describe('a read from a state with slices', () => {
  const first = (
    state: Data,
    make: (slice: string, at: number) => Output[number] = row,
  ): Output => [...[make('a', 1000), make('a', 3000), make('b', 1100), make('b', 1200)], {state}];

  test.each(FORMS)('may repeat the tie of the lower slice: %s', async (_form, state) => {
    for (const make of [row, bare]) {
      const reads = {
        first: first(state, make),
        resumed: () => [make('a', 3000), make('b', 1200), {state}],
      };
      expect(await run(TWO_READS, reads)).toEqual({status: 'passed'});
      expect(await run(SLICES, reads)).toEqual({status: 'passed'});
    }
  });

  test.each(FORMS)('may not begin before all slices: %s', async (_form, state) => {
    for (const make of [row, bare]) {
      const reads = {first: first(state, make), resumed: () => [make('b', 1100), {state}]};
      expect(await statusOf(TWO_READS, reads)).toBe('failed');
    }
  });

  test.each(FORMS.slice(0, 1))(
    'may not begin before the slice of the record, if the record shows it: %s',
    async (_form, state) => {
      const reads = {first: first(state), resumed: () => [row('a', 1500), {state}]};
      expect(await statusOf(TWO_READS, reads)).toBe('failed');
    },
  );

  test('judges no new slice', async () => {
    const [[, state] = ['', {}]] = FORMS;
    const reads = {first: first(state), resumed: () => [row('c', 5), {state}]};
    expect(await statusOf(TWO_READS, reads)).toBe('passed');
  });

  test('takes a primary key that is named like the slice for what it is', async () => {
    const state = {slices: {'id=1': {at: 3000}, 'id=2': {at: 1200}}};
    const record = (id: number, at: number) => ({record: {id, at}});
    const reads = {
      first: [record(1, 1200), record(2, 3000), {state}],
      resumed: () => [record(1, 1200), record(2, 3000), {state}],
    };
    expect([await statusOf(TWO_READS, reads), await statusOf(SLICES, reads)]).toEqual([
      'passed',
      'passed',
    ]);
  });

  test('judges slices that a state in the middle does not list yet by nothing', async () => {
    const middle = {slices: {'shop=a': {at: 3000}}, unfinished: true};
    const [[, state] = ['', {}]] = FORMS;
    for (const make of [row, bare]) {
      const reads: Reads = {
        first: [make('a', 1000), make('a', 3000), {state: middle}, make('b', 1200), {state}],
        resumed: (from) => [...('unfinished' in from ? [make('b', 1200)] : []), {state}],
      };
      expect(await run(SLICES, reads)).toEqual({status: 'passed'});
    }
  });

  test('finds a slice whose final state stays behind its records', async () => {
    const state = {at: 3000, slices: {'shop=a': {at: 3000}, 'shop=b': {at: 1100}}};
    expect(await statusOf(SLICES, {first: first(state)})).toBe('failed');
  });
});

describe('a record of the last minute may come after the final state', () => {
  const milliseconds = (from: number): number => Date.now() + from * 1000;
  const seconds = (from: number): number => Math.floor(milliseconds(from) / 1000);
  const iso = (from: number): string => new Date(seconds(from) * 1000).toISOString();
  const inZone = (from: number): string =>
    new Date((seconds(from) + 7200) * 1000).toISOString().replace('Z', '+02:00');
  const NOTATIONS: readonly (readonly [string, (from: number) => string | number])[] = [
    ['milliseconds', iso],
    ['seconds', (from) => iso(from).replace('.000', '')],
    ['nanoseconds', (from) => iso(from).replace('.000', '.000123456')],
    ['another zone', inZone],
    ['no zone', (from) => iso(from).replace('Z', '')],
    ['a space', (from) => iso(from).replace('T', ' ').replace('.000Z', '')],
    ['epoch seconds', seconds],
    ['epoch seconds with a fraction', (from) => seconds(from) + 0.25],
    ['epoch milliseconds', milliseconds],
    ['epoch seconds as a string', (from) => String(seconds(from))],
    ['epoch milliseconds as a string', (from) => String(milliseconds(from))],
    ['a mail date', (from) => new Date(seconds(from) * 1000).toUTCString()],
  ];

  test.each(NOTATIONS)('in %s', async (_notation, write) => {
    const first = (position: number): Output => [
      {record: {id: 1, at: write(-20)}},
      {record: {id: 2, at: write(-1)}},
      {state: {at: write(position)}},
    ];
    expect(await run(SLICES, {first: first(-59)})).toEqual({status: 'passed'});
    expect(await statusOf(SLICES, {first: first(-90)})).toBe('failed');
  });

  test('in days', async () => {
    const day = (from: number): string =>
      new Date(Date.now() + from * 86_400_000).toISOString().slice(0, 10);
    const first = (position: number): Output => [
      {record: {id: 1, at: day(1)}},
      {state: {at: day(position)}},
    ];
    expect(await statusOf(SLICES, {first: first(0)})).toBe('passed');
    expect(await statusOf(SLICES, {first: first(-3)})).toBe('failed');
  });

  test('but no number that is not a time', async () => {
    const first = [{record: {id: 2, at: 43}}, {state: {at: 42}}];
    expect(await statusOf(SLICES, {first})).toBe('failed');
  });
});

test('cursors that cannot be compared are a warning', async () => {
  const state = {at: '01.01.2026'};
  const reads = {
    first: [{record: {id: 1, at: '31.12.2025'}}, {state}],
    resumed: () => [{record: {id: 1, at: '31.12.2025'}}, {state}],
  };
  expect(await run(TWO_READS, reads)).toMatchObject({
    status: 'warned',
    faults: [
      {reason: "rows: the cursor 31.12.2025 can't be compared with 01.01.2026 in the state"},
    ],
  });
});

describe('a stream whose positions are tokens of the API', () => {
  const first: Output = [{record: {id: 1}}, {record: {id: 2}}, {state: {token: 'CAE'}}];

  test('passes if the second read returns what changed', async () => {
    const resumed = (): Output => [{record: {id: 1, _deleted_at: 'x'}}, {state: {token: 'CAI'}}];
    for (const name of [TWO_READS, SLICES]) {
      expect(await run(name, {hasToken: true, first, resumed})).toEqual({status: 'passed'});
    }
  });

  test('fails if the second read returns everything again, in any order', async () => {
    const resumed = (): Output => [...first.toReversed()];
    expect(await run(TWO_READS, {hasToken: true, first, resumed})).toMatchObject({
      status: 'failed',
      faults: [
        {
          reason: 'rows: the second read returned the 2 records of the first again',
          advice:
            'Use the state: the stream has no cursor field, so it must hold the token of the API from which the second read continues.',
        },
      ],
    });
  });

  test.each([{__ab_no_cursor_state_message: true}, {deletes: {sweep: {known: ['q1YqS']}}}, {}])(
    'is not judged if its state %j has no position',
    async (state) => {
      const records = first.slice(0, 2);
      const reads = {
        hasToken: true,
        first: [...records, {state}],
        resumed: () => [...records, {state}],
      };
      expect(await run(TWO_READS, reads)).toEqual({status: 'passed'});
    },
  );

  test('needs no state from the future', async () => {
    const future = {future_state: {future_state_path: 'integration_tests/abnormal_state.json'}};
    const name = 'test_state_with_abnormally_large_values';
    expect(await run(name, {hasToken: true, first}, future)).toEqual({
      status: 'skipped',
      reason: 'no stream has incremental and a cursor',
    });
  });
});
