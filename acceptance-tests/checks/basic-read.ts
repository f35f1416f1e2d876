// The suite `basic_read`: a read prints what the catalog promises.

import {objectAt, stringAt} from '../../cdk/json/at.ts';
import {basicCatalog} from '../check-kit/catalogs.ts';
import type {Check, Fault} from '../check-kit/check.ts';
import {checksOf} from '../check-kit/define-check.ts';
import {failureOf} from '../check-kit/failure.ts';
import {Unavailable} from '../check-kit/shared-runs.ts';
import type {Settings} from '../config/settings.ts';
import {configuredStreamsOf, recordsOf, shown, tracesOf} from '../protocol/messages.ts';
import {expectedFaults} from './expected-records.ts';
import {stateFaults, statusFaults} from './progress-messages.ts';
import {recordFaults} from './records.ts';

const define = checksOf('basic_read', (suites) => suites.basic_read);

const CERTIFIED_QUALITY = 400;

/** By metadata.yaml. */
export const isCertified = ({metadata = {}}: Settings): boolean =>
  metadata['supportLevel'] === 'certified' ||
  Number(objectAt(metadata['ab_internal'])['ql'] ?? 0) >= CERTIFIED_QUALITY;

const testRead = define(
  'test_read',
  'every stream prints records that match its schema, states and statuses',
  async (entry, runs, {settings}): Promise<readonly Fault[]> => {
    const catalog = await basicCatalog(entry, runs);
    const run = await runs.read(entry, {catalog});
    const failure = failureOf(run);
    if (failure !== undefined) return [failure];
    const streams = configuredStreamsOf(catalog);
    const records = recordsOf(run);
    const read = new Set(records.map(({stream}) => stream));
    const alive = streams.filter(({key}) => read.has(key));
    return [
      ...recordFaults(entry, streams, records),
      ...(entry.expectRecords === undefined
        ? []
        : await expectedFaults(entry.expectRecords, streams, records)),
      // A stream without records need not say that it is RUNNING.
      ...((entry.validateStatuses ?? isCertified(settings)) ? statusFaults(run, alive) : []),
      ...(entry.validateStates ? stateFaults(run, streams) : []),
    ];
  },
);

const MISSING = '__AIRBYTE__stream_that_does_not_exist';

const BAD_CATALOG = {
  streams: [
    {
      stream: {
        name: MISSING,
        json_schema: {type: 'object', properties: {f1: {type: 'string'}}},
        supported_sync_modes: ['full_refresh'],
      },
      sync_mode: 'INVALID',
      destination_sync_mode: 'INVALID',
    },
  ],
};

const traceOnFailure = define(
  'test_airbyte_trace_message_on_failure',
  'an impossible read ends with a TRACE ERROR',
  async (entry, runs) => {
    if (!entry.expectTraceOnFailure) return {skipped: 'expect_trace_message_on_failure is false'};
    const run = await runs.read(entry, {catalog: BAD_CATALOG});
    const [error] = tracesOf(run, 'ERROR');
    const offending = run.lines.at(-1)?.text ?? run.stderr.trim().split('\n').at(-1);
    return error !== undefined
      ? []
      : [
          {
            reason: 'a read of a stream that does not exist printed no TRACE ERROR',
            ...(offending && {offending: shown(offending)}),
            advice:
              'Print a TRACE ERROR that names the missing stream, and exit with a code other than 0.',
          },
        ];
  },
);

const STRUCTURED = ['.avro', '.csv', '.jsonl', '.parquet'];
const UNSTRUCTURED = ['.pdf', '.doc', '.docx', '.ppt', '.pptx', '.md'];

const fileTypes = define(
  'test_all_supported_file_types_present',
  'a certified source of files reads files of every type',
  async (entry, runs, {settings}) => {
    const isOfFiles = settings.metadata?.['connectorSubtype'] === 'file';
    if (!isOfFiles || !isCertified(settings))
      return {skipped: 'only for certified sources of files'};
    if (entry.fileTypes.bypass !== undefined) return {skipped: entry.fileTypes.bypass};
    const run = await runs.read(entry, {catalog: await basicCatalog(entry, runs)});
    if (failureOf(run) !== undefined)
      throw new Unavailable('it needs a read that succeeds: see test_read');
    const names = recordsOf(run).map(({data}) => stringAt(data['_ab_source_file_url']) ?? '');
    const has = (extension: string): boolean => names.some((name) => name.endsWith(extension));
    const {unsupported} = entry.fileTypes;
    const missing = STRUCTURED.filter((one) => !unsupported.includes(one) && !has(one));
    const document = UNSTRUCTURED.filter((one) => !unsupported.includes(one));
    return [
      ...missing,
      ...(document.length > 0 && !document.some(has) ? [`any of ${document.join(' ')}`] : []),
    ].map((extension) => ({
      reason: `no record comes from a file ${extension}`,
      advice:
        'Add such a file to the account that is read, or list it in file_types.unsupported_types.',
    }));
  },
);

export const basicRead: readonly Check[] = [testRead, traceOnFailure, fileTypes];
