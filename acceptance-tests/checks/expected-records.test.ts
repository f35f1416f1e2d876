import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, expect, test} from '@jest/globals';
import {configuredStreamsOf} from '../protocol/messages.ts';
import {expectedFaults} from './expected-records.ts';

type Data = Readonly<Record<string, unknown>>;

const folder = mkdtempSync(join(tmpdir(), 'headwater-expected-'));
afterAll(() => rmSync(folder, {recursive: true}));

const STREAMS = configuredStreamsOf({
  streams: [
    {stream: {name: 'keyed', source_defined_primary_key: [['id']]}},
    {stream: {name: 'plain'}},
  ],
});

const LAX = {exactOrder: false, extraFields: true, extraRecords: true, bypass: undefined};

/** The reasons of the faults. */
const reasonsOf = async (
  stream: string,
  expected: readonly Data[],
  actual: readonly Data[],
  rules: Partial<typeof LAX> = {},
): Promise<readonly string[]> => {
  const path = join(folder, 'expected_records.jsonl');
  writeFileSync(path, expected.map((data) => `${JSON.stringify({stream, data})}\n`).join(''));
  const records = actual.map((data) => ({
    ...{stream, data, emittedAt: 0},
    line: {text: '', json: undefined},
  }));
  const faults = await expectedFaults({...LAX, ...rules, path}, STREAMS, records);
  return faults.map(({reason}) => reason);
};

const ADA = {id: 1, name: 'Ada', tags: ['a']};
const BOB = {id: 2, name: 'Bob', tags: []};

test.each<[string, readonly Data[], readonly Data[]]>([
  ['has more fields than expected', [{id: 1, name: 'Ada'}], [ADA]],
  ['is in another place', [ADA, BOB], [BOB, ADA]],
  ['comes among others', [BOB], [ADA, BOB]],
  ['has its fields in another order', [{tags: ['a'], name: 'Ada', id: 1}], [ADA]],
  ['is read in a later version, too', [ADA], [ADA, {...ADA, name: 'Ada L.'}]],
])('a record with a key is the expected one if it %s', async (_, expected, actual) => {
  expect(await reasonsOf('keyed', expected, actual)).toEqual([]);
});

test.each<[string, readonly Data[], readonly Data[], readonly string[]]>([
  ['another value', [{...ADA, name: 'Eve'}], [ADA], ['name is "Ada", but "Eve" is expected']],
  ['another list', [{...ADA, tags: ['b']}], [ADA], ['tags is ["a"], but ["b"] is expected']],
  ['no such field', [{...ADA, age: 7}], [ADA], ['age is missing, but 7 is expected']],
  ['no field for a null', [{...ADA, age: null}], [ADA], ['age is missing, but null is expected']],
])('a record with a key that has %s fails', async (_, expected, actual, reasons) => {
  expect(await reasonsOf('keyed', expected, actual)).toEqual(
    reasons.map((reason) => `keyed: in the record with the key [1], ${reason}`),
  );
});

test('a record that was not read, or lies about its key, fails', async () => {
  const lost = 'keyed: an expected record was not read';
  expect(await reasonsOf('keyed', [ADA], [BOB])).toEqual([lost]);
  expect(await reasonsOf('keyed', [{name: 'Ada'}, BOB, {id: 3}], [ADA, BOB])).toEqual([
    `${lost} (2 records)`,
  ]);
});

test('without a primary key whole records are compared, as often as they are expected', async () => {
  expect(await reasonsOf('plain', [ADA, ADA], [BOB, ADA, ADA])).toEqual([]);
  const lost = 'plain: an expected record was not read';
  expect(await reasonsOf('plain', [ADA, ADA], [BOB, ADA])).toEqual([lost]);
  expect(await reasonsOf('plain', [{...ADA, name: 'Eve'}], [ADA, BOB])).toEqual([lost]);
  expect(await reasonsOf('plain', [{id: 1}], [ADA])).toEqual([lost]);
});

test.each(['keyed', 'plain'])('exact_order requires %s records in their places', async (stream) => {
  const exactOrder = true;
  expect(await reasonsOf(stream, [ADA, BOB], [ADA, BOB, {id: 3}], {exactOrder})).toEqual([]);
  expect(await reasonsOf(stream, [ADA, BOB], [ADA, {id: 3}, BOB], {exactOrder})).toEqual([
    `${stream}: record 2 is not the expected one`,
  ]);
  expect(await reasonsOf(stream, [ADA, BOB], [ADA], {exactOrder})).toEqual([
    `${stream}: record 2 is not the expected one`,
  ]);
});

test('exact_order compares the fields, too', async () => {
  expect(await reasonsOf('keyed', [{...ADA, name: 'Eve'}], [ADA], {exactOrder: true})).toEqual([
    'keyed: in the record with the key [1], name is "Ada", but "Eve" is expected',
  ]);
});

test('extra_fields: false allows no field that is not expected', async () => {
  expect(await reasonsOf('keyed', [{id: 1, name: 'Ada'}], [ADA], {extraFields: false})).toEqual([
    'keyed: in the record with the key [1], tags is ["a"], but the expected record does not have it',
  ]);
});

test('extra_records: false allows no record that is not expected', async () => {
  const extraRecords = false;
  expect(await reasonsOf('keyed', [ADA], [ADA, ADA], {extraRecords})).toEqual([]);
  expect(await reasonsOf('keyed', [ADA], [ADA, BOB], {extraRecords})).toEqual([
    'keyed: a record was read that is not expected',
  ]);
});

test('expected records of a stream that is not in the catalog fail', async () => {
  expect(await reasonsOf('keyd', [ADA], [ADA])).toEqual([
    'the file has expected records of keyd, which is not a stream of the catalog that is read',
  ]);
});
