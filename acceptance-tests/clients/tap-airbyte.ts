// Calls a connector as Meltano's tap does: https://github.com/meltanolabs/tap-airbyte-wrapper (tap_airbyte/tap.py).
import {at} from '../../cdk/json/at.ts';
import {isObject} from '../../cdk/json/values.ts';
import type {Check, Fault} from '../check-kit/check.ts';
import type {Line, Run} from '../connectors/connector.ts';
import {shown, statesOf} from '../protocol/messages.ts';
import {
  configuredCatalog,
  define,
  failuresOf,
  filledStreams,
  MISSING,
  messageTypeOf,
  runWith,
} from './client-check.ts';

const CALLED = 'as tap-airbyte does';

/** The capacity of a pipe in bytes. stderr is read only at the end, so more of it blocks the connector. */
const PIPE = 65_536;

/** A read may take this many times as long as another one, and GRACE milliseconds more. */
const PATIENCE = 5;
const GRACE = 20_000;

const catalogFields = define(
  'test_tap_airbyte_catalog',
  'streams of the catalog have the fields that the tap requires, and no nulls',
  async (entry, runs) => {
    const streams = await runs.streams(entry);
    const optional = ['default_cursor_field', 'source_defined_primary_key'];
    return streams.flatMap(({name, raw}): readonly Fault[] => {
      const nulls = optional.filter((field) => raw[field] === null);
      const missing = ['name', 'json_schema', 'supported_sync_modes'].filter(
        (field) => raw[field] === undefined || raw[field] === null,
      );
      return [...nulls, ...missing].map((field) => ({
        reason: `the stream ${name} has ${raw[field] === null ? 'null as' : 'no'} ${field}, which makes tap-airbyte fail`,
        offending: shown(raw),
        advice: nulls.includes(field)
          ? 'Leave the field out if it has no value.'
          : 'Add the field.',
      }));
    });
  },
);

/** Finds a line that is JSON, but not an object with a type: the tap fails at it. */
const isDeadly = ({json}: Line): boolean => json !== undefined && messageTypeOf(json) === undefined;

const deadlyLines = (run: Run): readonly Fault[] =>
  run.lines
    .filter(isDeadly)
    .slice(0, 3)
    .map(({text}) => ({
      reason: 'a line on stdout is JSON, but not a message, which makes tap-airbyte fail',
      offending: shown(text),
      advice: 'Print nothing but messages on stdout.',
    }));

const bareStates = (run: Run): readonly Fault[] =>
  statesOf(run)
    .filter(
      ({payload, type}) =>
        type === undefined ||
        (type === 'STREAM' && !isObject(at(payload, 'stream', 'stream_state'))),
    )
    .slice(0, 3)
    .map(({line}) => ({
      reason: 'a STATE has no type or no stream_state, which makes tap-airbyte fail',
      offending: shown(line.text),
      advice: 'Print both in each STATE.',
    }));

const stderrFaults = (run: Run): readonly Fault[] => {
  const size = Buffer.byteLength(run.stderr);
  const full = run.hung === true && size >= PIPE / 2;
  if (size < PIPE && !full) return [];
  return [
    {
      reason: `${size.toLocaleString('en')} bytes on stderr${run.hung === true ? ', and then it hung' : ''}: tap-airbyte does not read them before the end`,
      offending: shown(run.stderr),
      advice: 'Print logs as LOG messages on stdout, and very little on stderr.',
    },
  ];
};

const read = define(
  'test_tap_airbyte_read',
  'streams can be read in their first sync mode, without cursor_field, while stderr is not read',
  async (entry, runs, context) => {
    const catalog = configuredCatalog(await filledStreams(entry, runs), () => ({}));
    // A blocked connector would run until its timeout, so a shorter one is used.
    const {took} = await runs.read(entry, {catalog});
    const timeout = Math.min(entry.timeout, PATIENCE * took + GRACE);
    const style = {stderr: 'undrained', timeout} as const;
    const run = await runWith(context, runs, entry, 'read', {catalog}, style);
    const stderr = stderrFaults(run);
    if (stderr.length > 0) return stderr;
    const failures = failuresOf(run, CALLED);
    return failures.length > 0 ? failures : [...deadlyLines(run), ...bareStates(run)];
  },
);

const isTraceError = (json: unknown): boolean =>
  messageTypeOf(json) === 'TRACE' && at(json, 'trace', 'type') === 'ERROR';

const traceErrorsLast = define(
  'test_tap_airbyte_trace_errors_last',
  'the TRACE ERROR of a failed stream comes after the records of the others',
  async (entry, runs, context) => {
    const healthy = configuredCatalog(await filledStreams(entry, runs), () => ({}));
    const catalog = {streams: [MISSING, ...healthy.streams]};
    const {lines} = await runWith(context, runs, entry, 'read', {catalog});
    const error = lines.findIndex(({json}) => isTraceError(json));
    const late = lines.slice(error).filter(({json}) => messageTypeOf(json) === 'RECORD').length;
    if (error < 0 || late === 0) return [];
    return [
      {
        reason: `a TRACE ERROR came before ${late.toLocaleString('en')} records: tap-airbyte and airbyte-serverless stop at it`,
        offending: shown(lines[error]?.text),
        advice:
          'Print INCOMPLETE and a LOG at once, and the TRACE ERROR of the stream after all other streams are done.',
      },
    ];
  },
);

export const tapAirbyte: readonly Check[] = [catalogFields, read, traceErrorsLast];
