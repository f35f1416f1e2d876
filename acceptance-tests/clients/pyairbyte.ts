// Calls a connector as PyAirbyte does: https://github.com/airbytehq/PyAirbyte (airbyte/_connector_base.py, sources/base.py).
import {listAt, objectAt} from '../../cdk/json/at.ts';
import type {Check, Context, Fault} from '../check-kit/check.ts';
import type {Runs} from '../check-kit/shared-runs.ts';
import {stateAfter} from '../check-kit/states.ts';
import type {BasicReadEntry} from '../config/settings.ts';
import type {CallStyle, Command, Run} from '../connectors/connector.ts';
import {recordsOf, type Stream, statesOf} from '../protocol/messages.ts';
import {
  configuredCatalog,
  define,
  failuresOf,
  filledStreams,
  runWith,
  terminating,
} from './client-check.ts';

const CALLED = 'as PyAirbyte does';

/** The files are read-only, and only the config is named .json. */
const STYLE: CallStyle = {endings: {catalog: 'txt', state: 'txt'}, mode: 0o444};

/** Every stream is incremental, even if it does not support that, and has the ids of a refresh. */
const catalogFor = (streams: readonly Stream[]) =>
  configuredCatalog(streams, ({defaultCursor, primaryKey}) => ({
    sync_mode: 'incremental',
    destination_sync_mode: 'overwrite',
    ...(defaultCursor.length > 0 && {cursor_field: defaultCursor}),
    ...(primaryKey.length > 0 && {primary_key: primaryKey}),
    ...{generation_id: 1, minimum_generation_id: 1, sync_id: 1},
  }));

/** A state as PyAirbyte's models print it: with all fields, null if they have no value, one under its Python name. */
const nullLaden = (state: unknown): unknown =>
  listAt(state).map((entry) => {
    const stream = objectAt(objectAt(entry)['stream']);
    const descriptor = objectAt(stream['stream_descriptor']);
    return {
      type: objectAt(entry)['type'],
      stream: {...stream, stream_descriptor: {namespace: null, ...descriptor}},
      ...{global_: null, data: null, destinationStats: null, id: 3},
      sourceStats: {recordCount: 1, rejectedRecordCount: null},
    };
  });

const read = async (entry: BasicReadEntry, runs: Runs, context: Context, state: unknown) => {
  const catalog = catalogFor(await filledStreams(entry, runs));
  return runWith(context, runs, entry, 'read', {catalog, state}, STYLE);
};

const RESULTS = {spec: 'SPEC', check: 'CONNECTION_STATUS', discover: 'CATALOG'} as const;

const stopsAfterAnswers = define(
  'test_pyairbyte_stops_after_the_response',
  'spec, check and discover end at once on SIGTERM after their result',
  async (entry, runs, context) => {
    const faults: Fault[] = [];
    const commands: readonly (keyof typeof RESULTS)[] = ['spec', 'check', 'discover'];
    for (const command of commands) {
      const end = terminating((type) => type === RESULTS[command]);
      const run = await runWith(context, runs, entry, command, {}, {...STYLE, onLine: end.onLine});
      const images = context.connector.image !== undefined;
      faults.push(...(end.seen() ? end.faults(run, images) : noAnswer(run, command)));
    }
    return faults;
  },
);

const noAnswer = (run: Run, command: Command): readonly Fault[] => [
  {
    reason: `\`${command}\` printed no result for PyAirbyte`,
    ...(run.lines[0] && {offending: run.lines[0].text}),
    advice: 'Print the result on stdout; see the suites spec, connection and discovery.',
  },
];

const firstRead = define(
  'test_pyairbyte_first_read',
  'all streams can be read incrementally, with read-only .txt files and the state `[]`',
  async (entry, runs, context) => failuresOf(await read(entry, runs, context, []), CALLED),
);

/** Streams whose state was not understood: all records came again, but not with the same state in its usual form. */
const ignoredStates = (first: Run, plain: Run, laden: Run): readonly string[] => {
  const count = (run: Run) => Map.groupBy(recordsOf(run), ({stream}) => stream);
  const [all, few, again] = [count(first), count(plain), count(laden)];
  return [...all]
    .filter(([stream, records]) => {
      const [less, more] = [few.get(stream)?.length ?? 0, again.get(stream)?.length ?? 0];
      return more >= records.length && less < records.length;
    })
    .map(([stream]) => stream);
};

const nextRead = define(
  'test_pyairbyte_next_read',
  'a read resumes from a state that is full of nulls and unknown keys',
  async (entry, runs, context) => {
    const first = await read(entry, runs, context, []);
    const state = stateAfter(statesOf(first).filter(({type}) => type === 'STREAM'));
    if (listAt(state).length === 0) return {skipped: 'the first read printed no STATE of a stream'};
    const laden = await read(entry, runs, context, nullLaden(state));
    const failures = failuresOf(laden, CALLED);
    if (failures.length > 0) return failures;
    const plain = await read(entry, runs, context, state);
    return ignoredStates(first, plain, laden).map((stream) => ({
      reason: `${stream} is read from its beginning again if its state has nulls`,
      offending: JSON.stringify(nullLaden(state)),
      advice: 'Treat null in a state like a missing key, and ignore unknown keys.',
    }));
  },
);

/** Groups names that PyAirbyte's cache gives the same column or table. */
const normal = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '_');

const collisions = (names: readonly string[]): readonly string[] =>
  [...Map.groupBy(names, normal).values()]
    .filter((same) => new Set(same).size > 1)
    .map((same) => same.join(', '));

const cache = define(
  'test_pyairbyte_cache',
  "streams fit PyAirbyte's cache: properties, names that differ by more than case, primary keys at the top level",
  async (entry, runs) => {
    const streams = await filledStreams(entry, runs);
    const open = streams
      .filter(({schema}) => !(typeof schema['properties'] === 'object' && schema['properties']))
      .map(({name}) => ({
        reason: `the json_schema of ${name} has no properties, which makes PyAirbyte fail`,
        advice: 'Declare the fields.',
      }));
    if (open.length > 0) return open;
    const same = [
      ...collisions(streams.map(({name}) => name)).map((names) => `streams ${names}`),
      ...streams.flatMap(({name, schema}) =>
        collisions(Object.keys(objectAt(schema['properties']))).map(
          (names) => `fields of ${name}: ${names}`,
        ),
      ),
    ];
    const nested = streams.filter(({primaryKey}) => primaryKey.some((path) => path.length > 1));
    return {
      warnings: [
        ...same.map((names) => ({
          reason: `these are the same name in PyAirbyte's cache and in most warehouses: ${names}`,
          advice: 'Give them names that differ by more than case and punctuation.',
        })),
        ...nested.map(({name}) => ({
          reason: `the primary key of ${name} is within an object, where PyAirbyte does not find it`,
          advice: 'Move the key to the top level of the record.',
        })),
      ],
    };
  },
);

export const pyairbyte: readonly Check[] = [stopsAfterAnswers, firstRead, nextRead, cache];
