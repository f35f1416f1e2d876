// Compares the records of a read with those of a file.

import {at, objectAt} from '../../cdk/json/at.ts';
import {canonical} from '../../cdk/json/canonical.ts';
import type {JsonObject} from '../../cdk/json/values.ts';
import type {Fault} from '../check-kit/check.ts';
import {readJsonLines} from '../config/read-file.ts';
import type {ExpectedRecords} from '../config/settings.ts';
import {type ConfiguredStream, type Emitted, keyOf, shown} from '../protocol/messages.ts';

const ADVICE =
  'If the data of the account changed, update the file. Otherwise the connector loses records or changes their values.';

interface Identified {
  /** The primary key. Without one the whole record, and how often it came before. */
  readonly id: string;
  readonly data: JsonObject;
}

const identified = (
  {primaryKey}: ConfiguredStream,
  records: readonly JsonObject[],
): readonly Identified[] => {
  if (primaryKey.length > 0) {
    const idOf = (data: JsonObject) => canonical(primaryKey.map((path) => at(data, ...path)));
    return records.map((data) => ({id: idOf(data), data}));
  }
  const times = new Map<string, number>();
  return records.map((data) => {
    const whole = canonical(data);
    const time = (times.get(whole) ?? 0) + 1;
    times.set(whole, time);
    return {id: `${whole} ${time}`, data};
  });
};

/** Names the first field that is not as expected; undefined if the record has every expected field. */
const differenceOf = (
  expected: JsonObject,
  actual: JsonObject,
  extraFields: boolean,
): string | undefined => {
  const valueIn = (record: JsonObject, name: string): string =>
    Object.hasOwn(record, name) ? shown(canonical(record[name])) : 'missing';
  const isSame = (name: string): boolean =>
    Object.hasOwn(expected, name) === Object.hasOwn(actual, name) &&
    canonical(expected[name]) === canonical(actual[name]);
  const names = [...Object.keys(expected), ...(extraFields ? [] : Object.keys(actual))];
  const name = names.find((each) => !isSame(each));
  if (name === undefined) return undefined;
  return Object.hasOwn(expected, name)
    ? `${name} is ${valueIn(actual, name)}, but ${valueIn(expected, name)} is expected`
    : `${name} is ${valueIn(actual, name)}, but the expected record does not have it`;
};

const faultsOf = (
  stream: ConfiguredStream,
  expected: readonly Identified[],
  actual: readonly Identified[],
  {exactOrder, extraFields, extraRecords}: ExpectedRecords,
): readonly Fault[] => {
  const faults = (found: readonly {readonly what: string; readonly data: JsonObject}[]) =>
    found.slice(0, 1).map(({what, data}): Fault => {
      const others = found.length === 1 ? '' : ` (${found.length} records)`;
      return {reason: `${stream.key}: ${what}${others}`, offending: shown(data), advice: ADVICE};
    });
  const byId = Map.groupBy(actual, ({id}) => id);
  // A record may be read in several versions.
  const versionsOf = ({id}: Identified, index: number): readonly Identified[] =>
    (exactOrder ? actual.slice(index, index + 1) : (byId.get(id) ?? [])).filter(
      (one) => one.id === id,
    );
  const pairs = expected.map((one, index) => ({one, index, versions: versionsOf(one, index)}));
  const missing = pairs.filter(({versions}) => versions.length === 0);
  const different = pairs.flatMap(({one: {id, data}, versions}) => {
    const differences = versions.map((version) => differenceOf(data, version.data, extraFields));
    const last = differences.includes(undefined) ? undefined : differences.at(-1);
    return last === undefined ? [] : [{what: `in the record with the key ${id}, ${last}`, data}];
  });
  const ids = new Set(expected.map(({id}) => id));
  const others = extraRecords ? [] : actual.filter(({id}) => !ids.has(id));
  return [
    ...faults(
      missing.map(({one: {data}, index}) => ({
        what: exactOrder
          ? `record ${index + 1} is not the expected one`
          : 'an expected record was not read',
        data,
      })),
    ),
    ...faults(different),
    ...faults(others.map(({data}) => ({what: 'a record was read that is not expected', data}))),
  ];
};

const strangerFault = (
  stream: string,
  records: readonly JsonObject[],
  streams: readonly ConfiguredStream[],
): Fault => ({
  reason: `the file has expected records of ${stream}, which is not a stream of the catalog that is read`,
  offending: shown(records[0]),
  advice: `Correct the name, or remove the records: the streams are ${streams.map(({key}) => key).join(', ')}.`,
});

export const expectedFaults = async (
  rules: ExpectedRecords,
  streams: readonly ConfiguredStream[],
  records: readonly Emitted[],
): Promise<readonly Fault[]> => {
  if (rules.path === undefined) return [];
  const lines = (await readJsonLines(rules.path)).map((line) => objectAt(line));
  const expected = Map.groupBy(lines, (line) =>
    keyOf({name: line['stream'], namespace: line['namespace']}),
  );
  const actual = Map.groupBy(records, ({stream}) => stream);
  const known = new Set(streams.map(({key}) => key));
  const strangers = [...expected].filter(([key]) => !known.has(key));
  return [
    ...strangers.map(([key, some]) => strangerFault(key, some, streams)),
    ...streams.flatMap((stream) =>
      faultsOf(
        stream,
        identified(
          stream,
          (expected.get(stream.key) ?? []).map((line) => objectAt(line['data'])),
        ),
        identified(
          stream,
          (actual.get(stream.key) ?? []).map(({data}) => data),
        ),
        rules,
      ),
    ),
  ];
};
