// The suite `full_refresh`: a second read returns at least the records of the first.

import {setTimeout as delay} from 'node:timers/promises';
import {at} from '../../cdk/json/at.ts';
import {canonical} from '../../cdk/json/canonical.ts';
import {isObject, type JsonObject} from '../../cdk/json/values.ts';
import {catalogOf} from '../check-kit/catalogs.ts';
import type {Check, Fault} from '../check-kit/check.ts';
import {checksOf} from '../check-kit/define-check.ts';
import {failureOf} from '../check-kit/failure.ts';
import type {IgnoredFields} from '../config/settings.ts';
import type {Run} from '../connectors/connector.ts';
import {
  type ConfiguredStream,
  configuredStreamsOf,
  recordsOf,
  shown,
} from '../protocol/messages.ts';

const define = checksOf('full_refresh', (suites) => suites.full_refresh);

const without = (record: unknown, [name, ...rest]: readonly string[]): unknown => {
  if (name === undefined || !isObject(record) || !(name in record)) return record;
  const {[name]: inner, ...others} = record;
  return rest.length === 0 ? others : {...others, [name]: without(inner, rest)};
};

/** Identifies a record: by its primary key, or by all fields except those that change with each read. */
const identityOf = ({primaryKey, name}: ConfiguredStream, ignored: IgnoredFields) => {
  const paths = (ignored[name] ?? []).map((field) => field.name.split('/'));
  return (data: JsonObject): string =>
    primaryKey.length > 0
      ? canonical(primaryKey.map((path) => at(data, ...path) ?? null))
      : canonical(paths.reduce<unknown>(without, data));
};

const lost = (
  stream: ConfiguredStream,
  runs: readonly [Run, Run],
  ignored: IgnoredFields,
): readonly Fault[] => {
  const identity = identityOf(stream, ignored);
  const [first, second] = runs.map((run) =>
    recordsOf(run).filter((record) => record.stream === stream.key),
  );
  const again = new Set((second ?? []).map(({data}) => identity(data)));
  const missing = (first ?? []).filter(({data}) => !again.has(identity(data)));
  const [example] = missing;
  return example === undefined
    ? []
    : [
        {
          reason: `${stream.key}: ${missing.length} of ${first?.length} records of the first read are not in the second`,
          offending: shown(example.line.text),
          advice:
            stream.primaryKey.length > 0
              ? 'A full refresh must return all records each time, whatever was read before.'
              : 'If fields change with each read, list them in ignored_fields. Otherwise records are lost.',
        },
      ];
};

const emittedAgain = ([first, second]: readonly [Run, Run]): readonly Fault[] => {
  const times = [first, second].map((run) => recordsOf(run).map(({emittedAt}) => emittedAt));
  const last = Math.max(...(times[0] ?? []));
  const early = recordsOf(second).find(({emittedAt}) => !(emittedAt > last));
  return early === undefined || times[0]?.length === 0
    ? []
    : [
        {
          reason:
            'a record of the second read was emitted before the first read ended, by its emitted_at',
          offending: shown(early.line.text),
          advice: 'emitted_at is the time at which the record is printed, in milliseconds.',
        },
      ];
};

const SECOND = 1000;

/** Some connectors write emitted_at in whole seconds: then the second read starts in the next second. */
const pauseAfter = async (run: Run): Promise<void> => {
  const isCoarse = recordsOf(run).every(({emittedAt}) => emittedAt % SECOND === 0);
  await delay(isCoarse ? SECOND + 100 : 5);
};

const sequentialReads = define(
  'test_sequential_reads',
  'a second full refresh returns at least the records of the first, with a later emitted_at',
  async (entry, runs) => {
    const catalog = await catalogOf('full_refresh', entry, runs);
    if (catalog.streams.length === 0) return {skipped: 'no stream has full_refresh'};
    const first = await runs.read(entry, {catalog});
    const failure = failureOf(first);
    if (failure !== undefined) return [failure];
    await pauseAfter(first);
    const second = await runs.read(entry, {catalog}, 1);
    const again = failureOf(second);
    if (again !== undefined) return [{...again, reason: `the second time, ${again.reason}`}];
    return [
      ...emittedAgain([first, second]),
      ...configuredStreamsOf(catalog).flatMap((stream) =>
        lost(stream, [first, second], entry.ignoredFields),
      ),
    ];
  },
);

export const fullRefresh: readonly Check[] = [sequentialReads];
