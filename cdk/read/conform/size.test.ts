import {describe, expect, test} from '@jest/globals';
import {compileConform} from './conform.ts';

const applyTo = (record: object, maxRecordBytes?: number, keys: readonly string[] = ['id']) =>
  compileConform({}, {keys, ...(maxRecordBytes !== undefined && {maxRecordBytes})}).apply(record);

const nulled = (field: string) => ({
  field,
  change: 'NULLED',
  reason: 'SOURCE_RECORD_SIZE_LIMITATION',
});

describe('a record over the limit', () => {
  test('loses its largest field, and no more than necessary', () => {
    const record = {id: 1, body: 'x'.repeat(60), list: Array(25).fill(1), note: 'short'};
    const {record: trimmed, changes} = applyTo(record, 110);
    expect(trimmed).toEqual({...record, body: null});
    expect(changes).toEqual([nulled('body')]);
    expect(record.body).toHaveLength(60);
  });

  test('loses a field of millions of line breaks, without a list of them in memory', () => {
    const {record, changes} = applyTo({id: 1, body: '\u2028'.repeat(80_000_000)});
    expect([record, changes]).toEqual([{id: 1, body: null}, [nulled('body')]]);
  });

  test('keeps fields that just fit', () => {
    const record = {id: 1, body: 'x'.repeat(60), list: Array(25).fill(1), note: 'short'};
    const expected = {...record, body: null};
    const bytes = JSON.stringify(expected).length;
    expect(applyTo(record, bytes).record).toEqual(expected);
    expect(applyTo(record, bytes - 1).record).toEqual({...expected, list: null});
  });

  test('loses several fields if one is not enough, and is measured in bytes', () => {
    const record = {id: 1, body: '€'.repeat(20), list: Array(25).fill(1), note: 'short'};
    const {record: trimmed, changes} = applyTo(record, 60);
    expect(trimmed).toEqual({id: 1, body: null, list: null, note: 'short'});
    expect(changes).toEqual([nulled('list'), nulled('body')]);
  });

  test('keeps its keys, even those in a large object', () => {
    const record = {id: 'k'.repeat(40), commit: {date: '2026-01-01', message: 'x'.repeat(100)}};
    expect(applyTo(record, 120, ['id', 'commit.date'])).toMatchObject({
      record: {id: record.id, commit: {date: '2026-01-01', message: null}},
      changes: [nulled('commit.message')],
    });
  });

  test('distinguishes a field with a dot in its name from a nested one', () => {
    const record = {id: 1, 'commit.note': 'x'.repeat(60), commit: {date: 'x', note: 'short'}};
    expect(applyTo(record, 90, ['id', 'commit.date']).record).toEqual({
      ...record,
      'commit.note': null,
    });
  });

  test('is emitted over the limit if its keys alone are too large', () => {
    const record = {id: 'k'.repeat(100), note: 'x'.repeat(20)};
    expect(applyTo(record, 80)).toMatchObject({
      record: {id: record.id, note: null},
      changes: [nulled('note')],
      oversize: true,
    });
  });

  test('has about 20 MB by default', () => {
    const fits = {id: 1, body: 'x'.repeat(19_799_980)};
    expect(applyTo(fits).record).toBe(fits);
    const more = {id: 1, body: 'x'.repeat(19_800_000)};
    expect(applyTo(more).record).toEqual({id: 1, body: null});
  });

  test('loses a field that cannot be printed', () => {
    const record = {id: 1, note: 'x'.repeat(30), odd: 10n, list: Array(25).fill(1)};
    expect(applyTo(record, 75).record).toEqual({id: 1, note: record.note, odd: null, list: null});
  });
});

describe('a record within the limit', () => {
  test.each<[string, object]>([
    ['exactly', {id: 1, body: 'x'.repeat(81)}],
    ['though its upper bound is over it', {id: 1, list: Array(40).fill(1)}],
  ])('is the same object: %s', (_case, record) => {
    expect(applyTo(record, 100)).toEqual({record});
    expect(applyTo(record, 100).record).toBe(record);
  });

  test('is over it if escaped line breaks make it larger', () => {
    const record = {id: 1, body: '\u2028'.repeat(27)};
    expect(applyTo(record, 100).record).toEqual({id: 1, body: null});
  });
});
