// How the Airbyte platform calls a connector: https://github.com/airbytehq/airbyte-platform
import {at, objectAt, stringAt} from '../../cdk/json/at.ts';
import {canonical} from '../../cdk/json/canonical.ts';
import type {Check, Fault} from '../check-kit/check.ts';
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

const CLIENT = 'the platform';

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
        reason: `the SPEC is line ${index + 1}, and ends after ${bytes.toLocaleString('en')} bytes; the platform looks no further than 10 lines and 2 MiB`,
        offending: shown(lines[0]?.text),
        advice: 'Print the SPEC before any LOG.',
      },
    ];
  },
);

/** Three hours, where metadata.yaml says nothing else. */
const HEARTBEAT = 10_800;

const heartbeatOf = ({metadata = {}}: Settings): number =>
  Number(metadata['maxSecondsBetweenMessages'] ?? HEARTBEAT);

/** Listens to a read as the platform's heartbeat does: what is neither RECORD nor STATE does not count. */
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
    return 'go on' as const;
  };
  return {onLine, longest: () => longest / 1000};
};

const heartbeatFaults = (longest: number, limit: number): readonly Fault[] =>
  longest <= limit
    ? []
    : [
        {
          reason: `for ${Math.round(longest)} s came neither RECORD nor STATE; the platform ends a sync after ${limit} s`,
          advice:
            'Ask for less at a time, or give a longer maxSecondsBetweenMessages in metadata.yaml.',
        },
      ];

const read = define(
  'test_platform_read',
  'a read as the platform starts it succeeds, and RECORD or STATE comes often enough',
  async (entry, runs, context) => {
    const catalog = incrementalCatalog(await filledStreams(entry, runs));
    const {onLine, longest} = openHeartbeat();
    const environment = {
      ...{DEPLOYMENT_MODE: (entry.deploymentMode ?? 'oss').toUpperCase()},
      ...{WORKER_JOB_ID: '1', WORKER_JOB_ATTEMPT: '0', USE_STREAM_CAPABLE_STATE: 'true'},
    };
    const run = await runWith(context, runs, entry, 'read', {catalog}, {onLine, environment});
    const limit = heartbeatOf(context.settings);
    return [...failuresOf(run, CLIENT), ...heartbeatFaults(longest(), limit), ...dropped(run)];
  },
);

/** Messages that its parser takes and then throws away. */
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
      reason: 'the platform drops this message without a word',
      offending: shown(text),
      advice: 'Give each RECORD a stream and data with a field, each STATE a state.',
    }));

const missingStream = define(
  'test_platform_missing_stream',
  'a stream that the source does not have makes the read fail: exit code, TRACE ERROR',
  async (entry, runs, context): Promise<readonly Fault[]> => {
    const healthy = configuredCatalog(await filledStreams(entry, runs), () => ({}));
    const catalog = {streams: [...healthy.streams, MISSING]};
    const run = await runWith(context, runs, entry, 'read', {catalog});
    const errors = tracesOf(run, 'ERROR').length;
    if (run.exit.code !== 0 && errors > 0) return [];
    return [
      {
        reason: `a stream that does not exist was read with exit code ${run.exit.code} and ${errors} TRACE ERROR: its users learn nothing`,
        ...(run.lines.at(-1) && {offending: shown(run.lines.at(-1)?.text)}),
        advice:
          'Say INCOMPLETE and a TRACE ERROR (config_error) for it, read the others, and exit with 1.',
      },
    ];
  },
);

const MAX_STREAMS = 1000;

const size = define(
  'test_platform_catalog_size',
  'discover gives no more streams than the platform takes: 1,000',
  async (entry, runs) => {
    const streams = await runs.streams(entry);
    return {
      warnings:
        streams.length <= MAX_STREAMS
          ? []
          : [
              {
                reason: `discover gave ${streams.length.toLocaleString('en')} streams; Airbyte Cloud takes ${MAX_STREAMS.toLocaleString('en')}`,
                advice: 'Let the config say which are wanted.',
              },
            ],
    };
  },
);

/** A status alone says whether a check was understood. */
const statusOf = (run: Run): string | undefined =>
  stringAt(messagesOf(run, 'CONNECTION_STATUS')[0]?.payload['status']);

const optionForm = define(
  'test_platform_option_with_equals',
  'an option and its value may be one word: --config=file',
  async (entry, runs, context) => {
    const plain = statusOf(await runs.check(entry));
    if (plain === undefined) return {skipped: 'it needs what `check` answers: see connection'};
    const run = await runWith(context, runs, entry, 'check', {}, {equals: true});
    if (statusOf(run) === plain) return [];
    return [
      {
        reason: `\`check --config=file\` gave ${statusOf(run) ?? 'no status'}, and \`check --config file\` ${plain}`,
        offending: shown(run.stderr || (run.lines.at(-1)?.text ?? '')),
        advice: 'Take both forms, as every library for command lines does.',
      },
    ];
  },
);

/** Nothing is lost where the reader is slow, and nothing piles up. */
const slowReader = define(
  'test_platform_slow_reader',
  'a reader that is slow gets every record, and memory does not pile up',
  async (entry, runs, context) => {
    const catalog = incrementalCatalog(await filledStreams(entry, runs));
    const quick = await runs.read(entry, {catalog});
    const slow = await runWith(context, runs, entry, 'read', {catalog}, {pause: 20});
    const failures = failuresOf(slow, 'a slow reader');
    if (failures.length > 0) return failures;
    const [expected, got] = [distinct(quick), distinct(slow)];
    return [
      ...(got < expected ? [fewer(expected, got)] : []),
      ...piledUp(quick.peakMemory, slow.peakMemory),
    ];
  },
);

/** A record that comes twice in one of the reads is not missing in the other. */
const distinct = (run: Run): number =>
  new Set(recordsOf(run).map(({stream, data}) => canonical([stream, data]))).size;

const fewer = (expected: number, got: number): Fault => ({
  reason: `a slow reader got ${got.toLocaleString('en')} different records, a quick one ${expected.toLocaleString('en')}`,
  advice:
    'Wait until all output is written before the process ends: never exit with writes pending.',
});

const MIB = 1024 * 1024;

/** How much more a slow reader may take: twice as much, and what a runtime takes as it likes. */
const ALLOWANCE = 64 * MIB;

const piledUp = (quick: number | undefined, slow: number | undefined): readonly Fault[] => {
  if (quick === undefined || slow === undefined || slow <= 2 * quick + ALLOWANCE) return [];
  return [
    {
      reason: `memory rose to ${Math.round(slow / MIB)} MiB with a slow reader, to ${Math.round(quick / MIB)} MiB with a quick one`,
      advice: 'Read no further from the API while stdout is full: await its drain.',
    },
  ];
};

export const platform: readonly Check[] = [
  ...[specEarly, optionForm, size],
  ...[read, missingStream, slowReader],
];
