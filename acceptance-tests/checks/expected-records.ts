// Compares the records of a read with those of a file.

import {at, objectAt} from '../../cdk/json/at.ts';
import {canonical} from '../../cdk/json/canonical.ts';
import type {JsonObject} from '../../cdk/json/values.ts';
import type {Fault} from '../check-kit/check.ts';
import {readJsonLines} from '../config/read-file.ts';
import type {ExpectedRecords} from '../config/settings.ts';
import {type ConfiguredStream, type Emitted, keyOf, shown} from '../protocol/messages.ts';

const ADVICE =
  'If the data of the account changed, update the file. Otherwise the connector loses records.';

const compare = (
  stream: ConfiguredStream,
  expected: readonly JsonObject[],
  actual: readonly JsonObject[],
  exactOrder: boolean,
): readonly Fault[] => {
  const fault = (what: string, offending: unknown): Fault => ({
    reason: `${stream.key}: ${what}`,
    offending: shown(offending),
    advice: ADVICE,
  });
  if (stream.primaryKey.length === 0) {
    return actual.length >= expected.length
      ? []
      : [
          fault(
            `${actual.length} records were read, but ${expected.length} are expected`,
            expected.at(-1),
          ),
        ];
  }
  const keyed = (record: JsonObject): string =>
    canonical(stream.primaryKey.map((path) => at(record, ...path) ?? null));
  if (exactOrder) {
    const wrong = expected.findIndex(
      (record, index) => keyed(record) !== keyed(actual[index] ?? {}),
    );
    return wrong === -1
      ? []
      : [fault(`record ${wrong + 1} is not the expected one`, expected[wrong])];
  }
  const keys = new Set(actual.map(keyed));
  const missing = expected.filter((record) => !keys.has(keyed(record)));
  return missing.length === 0
    ? []
    : [fault(`${missing.length} expected records were not read`, missing[0])];
};

export const expectedFaults = async (
  {path, exactOrder}: ExpectedRecords,
  streams: readonly ConfiguredStream[],
  records: readonly Emitted[],
): Promise<readonly Fault[]> => {
  if (path === undefined) return [];
  const lines = (await readJsonLines(path)).map((line) => objectAt(line));
  const expected = Map.groupBy(lines, (line) =>
    keyOf({name: line['stream'], namespace: line['namespace']}),
  );
  const actual = Map.groupBy(records, ({stream}) => stream);
  return streams.flatMap((stream) =>
    compare(
      stream,
      (expected.get(stream.key) ?? []).map((line) => objectAt(line['data'])),
      (actual.get(stream.key) ?? []).map(({data}) => data),
      exactOrder,
    ),
  );
};
