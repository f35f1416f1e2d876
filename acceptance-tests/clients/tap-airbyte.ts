// How Meltano's tap calls a connector: https://github.com/meltanolabs/tap-airbyte-wrapper (tap_airbyte/tap.py).
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

const CLIENT = 'tap-airbyte';

/** What a pipe holds: more on stderr, which is read at the end only, and the connector stands still. */
const PIPE = 65_536;

/** How much slower than another a read may be, and how many milliseconds it has beyond that. */
const PATIENCE = 5;
const GRACE = 20_000;

const catalogFields = define(
  'test_tap_airbyte_catalog',
  'streams of the catalog have what the tap takes for granted, and no null in its place',
  async (entry, runs) => {
    const streams = await runs.streams(entry);
    const optional = ['default_cursor_field', 'source_defined_primary_key'];
    return streams.flatMap(({name, raw}): readonly Fault[] => {
      const nulls = optional.filter((field) => raw[field] === null);
      const missing = ['name', 'json_schema', 'supported_sync_modes'].filter(
        (field) => raw[field] === undefined || raw[field] === null,
      );
      return [...nulls, ...missing].map((field) => ({
        reason: `the catalog has ${raw[field] === null ? 'null' : 'nothing'} for ${field} of ${name}, at which tap-airbyte fails`,
        offending: shown(raw),
        advice: nulls.includes(field) ? 'Leave the field out where there is no value.' : 'Give it.',
      }));
    });
  },
);

/** A line that is JSON, and not an object with a type: the tap fails at it. */
const isDeadly = ({json}: Line): boolean => json !== undefined && messageTypeOf(json) === undefined;

const deadlyLines = (run: Run): readonly Fault[] =>
  run.lines
    .filter(isDeadly)
    .slice(0, 3)
    .map(({text}) => ({
      reason: 'a line on stdout is JSON, but no message: tap-airbyte fails at it',
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
      reason: 'a STATE has no type or no stream_state, at which tap-airbyte fails',
      offending: shown(line.text),
      advice: 'Give both in each STATE.',
    }));

const stderrFaults = (run: Run): readonly Fault[] => {
  const size = Buffer.byteLength(run.stderr);
  const full = run.hung === true && size >= PIPE / 2;
  if (size < PIPE && !full) return [];
  return [
    {
      reason: `${size.toLocaleString('en')} bytes on stderr${run.hung === true ? ', and then it hung' : ''}: nobody reads them before the end`,
      offending: shown(run.stderr),
      advice: 'Print logs as LOG messages on stdout, and next to nothing on stderr.',
    },
  ];
};

const read = define(
  'test_tap_airbyte_read',
  'reads streams in their first mode, without cursor_field, while nobody reads stderr',
  async (entry, runs, context) => {
    const catalog = configuredCatalog(await filledStreams(entry, runs), () => ({}));
    // What stands still would do so until its time is up: this is time enough.
    const {took} = await runs.read(entry, {catalog});
    const timeout = Math.min(entry.timeout, PATIENCE * took + GRACE);
    const style = {stderr: 'undrained', timeout} as const;
    const run = await runWith(context, runs, entry, 'read', {catalog}, style);
    const stderr = stderrFaults(run);
    if (stderr.length > 0) return stderr;
    const failures = failuresOf(run, CLIENT);
    return failures.length > 0 ? failures : [...deadlyLines(run), ...bareStates(run)];
  },
);

const isTraceError = (json: unknown): boolean =>
  messageTypeOf(json) === 'TRACE' && at(json, 'trace', 'type') === 'ERROR';

const traceErrorsLast = define(
  'test_tap_airbyte_trace_errors_last',
  'a stream that fails is told by a TRACE ERROR after the records of the others',
  async (entry, runs, context) => {
    const healthy = configuredCatalog(await filledStreams(entry, runs), () => ({}));
    const catalog = {streams: [MISSING, ...healthy.streams]};
    const {lines} = await runWith(context, runs, entry, 'read', {catalog});
    const error = lines.findIndex(({json}) => isTraceError(json));
    const late = lines.slice(error).filter(({json}) => messageTypeOf(json) === 'RECORD').length;
    if (error < 0 || late === 0) return [];
    return [
      {
        reason: `a TRACE ERROR came before ${late.toLocaleString('en')} records: tap-airbyte and airbyte-serverless end at it`,
        offending: shown(lines[error]?.text),
        advice:
          'Say INCOMPLETE and a LOG at once, and keep the TRACE ERROR of the stream until all others are done.',
      },
    ];
  },
);

export const tapAirbyte: readonly Check[] = [catalogFields, read, traceErrorsLast];
