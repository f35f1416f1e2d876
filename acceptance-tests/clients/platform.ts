// Calls a connector as the Airbyte platform does: https://github.com/airbytehq/airbyte-platform
import {at, objectAt, stringAt} from '../../cdk/json/at.ts';
import type {Check, Fault} from '../check-kit/check.ts';
import {keysBy, keysOf} from '../checks/coverage.ts';
import type {Settings} from '../config/settings.ts';
import type {Run} from '../connectors/connector.ts';
import {messagesOf, recordsOf, shown, tracesOf} from '../protocol/messages.ts';
import {
  configuredCatalog,
  define,
  failuresOf,
  filledStreams,
  incrementalCatalog,
  MISSING,
  messageTypeOf,
  runWith,
} from './client-check.ts';

const CALLED = 'as the platform does';

const MAX_LINES = 10;
const MAX_BYTES = 2 * 1024 * 1024;

const specEarly = define(
  'test_platform_spec_comes_first',
  'the SPEC is within the first 10 lines and the first 2 MiB',
  async (entry, runs): Promise<readonly Fault[]> => {
    const {lines} = await runs.spec(entry);
    const index = lines.findIndex(({json}) => messageTypeOf(json) === 'SPEC');
    if (index < 0) return [];
    const before = lines.slice(0, index + 1).map(({text}) => Buffer.byteLength(text) + 1);
    const bytes = before.reduce((sum, size) => sum + size, 0);
    if (index < MAX_LINES && bytes <= MAX_BYTES) return [];
    return [
      {
        reason: `the SPEC is line ${index + 1} and ends after ${bytes.toLocaleString('en')} bytes; the platform reads only 10 lines and 2 MiB`,
        offending: shown(lines[0]?.text),
        advice: 'Print the SPEC before any LOG.',
      },
    ];
  },
);

/** Seconds: the default of maxSecondsBetweenMessages in metadata.yaml. */
const HEARTBEAT = 10_800;

const heartbeatOf = ({metadata = {}}: Settings): number =>
  Number(metadata['maxSecondsBetweenMessages'] ?? HEARTBEAT);

/** Measures a read like the platform's heartbeat: only RECORD and STATE count. */
const openHeartbeat = () => {
  let last = performance.now();
  let longest = 0;
  const beat = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  };
  const onLine = ({json}: {readonly json?: unknown}) => {
    const type = messageTypeOf(json);
    if (type === 'RECORD' || type === 'STATE') beat();
    return 'continue' as const;
  };
  return {onLine, longest: () => longest / 1000};
};

const heartbeatFaults = (longest: number, limit: number): readonly Fault[] =>
  longest <= limit
    ? []
    : [
        {
          reason: `neither RECORD nor STATE came for ${Math.round(longest)} s; the platform ends a sync after ${limit} s`,
          advice:
            'Request less data at a time, or set a larger maxSecondsBetweenMessages in metadata.yaml.',
        },
      ];

const read = define(
  'test_platform_read',
  'a read that the platform starts succeeds, and prints RECORD or STATE often enough',
  async (entry, runs, context) => {
    const catalog = incrementalCatalog(await filledStreams(entry, runs));
    const {onLine, longest} = openHeartbeat();
    const environment = {
      ...{DEPLOYMENT_MODE: (entry.deploymentMode ?? 'oss').toUpperCase()},
      ...{WORKER_JOB_ID: '1', WORKER_JOB_ATTEMPT: '0', USE_STREAM_CAPABLE_STATE: 'true'},
    };
    const run = await runWith(context, runs, entry, 'read', {catalog}, {onLine, environment});
    const limit = heartbeatOf(context.settings);
    return [...failuresOf(run, CALLED), ...heartbeatFaults(longest(), limit), ...dropped(run)];
  },
);

/** Finds messages that the platform parses and then drops. */
const dropped = (run: Run): readonly Fault[] =>
  run.lines
    .filter(({json}) => {
      const type = messageTypeOf(json);
      if (type === 'STATE') return at(json, 'state') === undefined;
      if (type !== 'RECORD') return false;
      const data = at(json, 'record', 'data');
      return (
        stringAt(at(json, 'record', 'stream')) === undefined ||
        Object.keys(objectAt(data)).length === 0
      );
    })
    .slice(0, 3)
    .map(({text}) => ({
      reason: 'the platform silently drops this message',
      offending: shown(text),
      advice: 'Give each RECORD a stream and data with at least one field, and each STATE a state.',
    }));

const missingStream = define(
  'test_platform_missing_stream',
  'a read of a stream that the source does not have fails, with an exit code and a TRACE ERROR',
  async (entry, runs, context): Promise<readonly Fault[]> => {
    const healthy = configuredCatalog(await filledStreams(entry, runs), () => ({}));
    const catalog = {streams: [...healthy.streams, MISSING]};
    const run = await runWith(context, runs, entry, 'read', {catalog});
    const errors = tracesOf(run, 'ERROR').length;
    if (run.exit.code !== 0 && errors > 0) return [];
    return [
      {
        reason: `a read of a stream that does not exist ended with exit code ${run.exit.code} and ${errors} TRACE ERROR: users do not notice`,
        ...(run.lines.at(-1) && {offending: shown(run.lines.at(-1)?.text)}),
        advice:
          'Print INCOMPLETE and a TRACE ERROR (config_error) for it, read the other streams, and exit with 1.',
      },
    ];
  },
);

const MAX_STREAMS = 1000;

const size = define(
  'test_platform_catalog_size',
  'discover lists no more streams than the platform accepts: 1,000',
  async (entry, runs) => {
    const streams = await runs.streams(entry);
    return {
      warnings:
        streams.length <= MAX_STREAMS
          ? []
          : [
              {
                reason: `discover listed ${streams.length.toLocaleString('en')} streams; Airbyte Cloud accepts ${MAX_STREAMS.toLocaleString('en')}`,
                advice: 'Let the user select streams in the config.',
              },
            ],
    };
  },
);

/** The status alone shows that the options were understood. */
const statusOf = (run: Run): string | undefined =>
  stringAt(messagesOf(run, 'CONNECTION_STATUS')[0]?.payload['status']);

const optionForm = define(
  'test_platform_option_with_equals',
  'an option and its value may be one word: --config=file',
  async (entry, runs, context) => {
    const plain = statusOf(await runs.check(entry));
    if (plain === undefined) return {skipped: 'it needs the status of `check`: see connection'};
    const run = await runWith(context, runs, entry, 'check', {}, {equals: true});
    if (statusOf(run) === plain) return [];
    return [
      {
        reason: `\`check --config=file\` printed ${statusOf(run) ?? 'no status'}, but \`check --config file\` ${plain}`,
        offending: shown(run.stderr || (run.lines.at(-1)?.text ?? '')),
        advice: 'Accept both forms, as libraries for command lines do.',
      },
    ];
  },
);

/** A slow reader must not lose records, and output must not pile up in memory. */
const slowReader = define(
  'test_platform_slow_reader',
  'a slow reader gets every record, and output does not pile up in memory',
  async (entry, runs, context) => {
    const catalog = incrementalCatalog(await filledStreams(entry, runs));
    const quick = await runs.read(entry, {catalog});
    const slow = await runWith(context, runs, entry, 'read', {catalog}, {pause: 20});
    const failures = failuresOf(slow, 'by a slow reader');
    if (failures.length > 0) return failures;
    const [expected, got] = [distinct(quick, catalog), distinct(slow, catalog)];
    return [
      ...(got < expected ? [fewer(expected, got)] : []),
      ...piledUp(quick.peakMemory, slow.peakMemory),
    ];
  },
);

/** Counts different records: one may come twice in a read, and in two versions if it changed meanwhile. */
const distinct = (run: Run, catalog: unknown): number =>
  [...keysOf(recordsOf(run), keysBy(catalog)).values()].reduce((sum, {size}) => sum + size, 0);

const fewer = (expected: number, got: number): Fault => ({
  reason: `a slow reader got ${got.toLocaleString('en')} different records, a fast one ${expected.toLocaleString('en')}`,
  advice:
    'Wait until all output is written before the process ends: never exit with writes pending.',
});

const MIB = 1024 * 1024;

/** A slow reader may need twice as much memory and these bytes, which vary by runtime. */
const ALLOWANCE = 64 * MIB;

const piledUp = (quick: number | undefined, slow: number | undefined): readonly Fault[] => {
  if (quick === undefined || slow === undefined || slow <= 2 * quick + ALLOWANCE) return [];
  return [
    {
      reason: `memory rose to ${Math.round(slow / MIB)} MiB with a slow reader, but to ${Math.round(quick / MIB)} MiB with a fast one`,
      advice: 'Stop reading from the API while stdout is full, until it drains.',
    },
  ];
};

export const platform: readonly Check[] = [
  ...[specEarly, optionForm, size],
  ...[read, missingStream, slowReader],
];
