import {describe, expect, test} from '@jest/globals';
import type {ConformOptions} from './conform.ts';
import {conformStream} from './conform-stream.ts';

const schema = {
  type: 'object',
  properties: {id: {type: 'integer'}, price: {type: 'number'}, body: {type: 'string'}},
};

const open = (options: ConformOptions) => {
  const warnings: string[] = [];
  return {...conformStream(schema, options, (message) => warnings.push(message)), warnings};
};

const nulled = (field: string) => ({
  field,
  change: 'NULLED',
  reason: 'SOURCE_SERIALIZATION_ERROR',
});

describe('a page', () => {
  test('is the same list if nothing changes', () => {
    const {page, end, warnings} = open({types: 'as-declared'});
    const records = [{id: 1}, {id: 2, price: null}];
    expect(page(records)).toEqual({records});
    expect(page(records).records).toBe(records);
    expect([end(), warnings]).toEqual([[], []]);
  });

  test('has its nulled values by the index of the record', () => {
    const {page} = open({types: 'as-declared'});
    expect(page([{id: '1'}, {id: 2, price: 'free'}, {id: 3}])).toEqual({
      records: [{id: 1}, {id: 2, price: null}, {id: 3}],
      changes: new Map([[1, [nulled('price')]]]),
    });
  });

  test('leaves out records without any selected field, and counts indexes without them', () => {
    const {page} = open({types: 'as-declared', selected: {properties: {price: {}}}});
    expect(page([{id: 1}, {id: 2, price: 'free'}])).toEqual({
      records: [{price: null}],
      changes: new Map([[0, [nulled('price')]]]),
    });
  });

  test('warns of undeclared fields when they first come, and emits them', () => {
    const {page, warnings} = open({});
    expect(page([{id: 1, color: 'red'}])).toEqual({records: [{id: 1, color: 'red'}]});
    page([{id: 2, color: 'blue'}]);
    expect(warnings).toEqual([
      'Records have fields that the schema does not declare; they are emitted: "color" (a string).',
    ]);
  });
});

describe('the end of a stream', () => {
  test('reports the number of lost values of each field, and never the values', () => {
    const {page, end} = open({types: 'as-declared', keys: ['id'], maxRecordBytes: 60});
    page([{id: 1, price: 'free'}, {id: 'a'}, {id: 'b', price: {}}]);
    page([
      {id: 2, price: ''},
      {id: 3, body: 'x'.repeat(60)},
      {id: 4, body: [{}]},
    ]);
    page([{id: 5, body: 'x'.repeat(50)}, {id: 'k'.repeat(60)}]);
    expect(end()).toEqual([
      '3 values of "price" could not be converted to the declared type (number) and were set to null; the first was a string.',
      '3 values of "id" could not be converted to the declared type (integer) and were left unchanged, because the field is part of the primary key or the cursor; the first was a string.',
      '2 values of "body" were set to null, because the record was too large for one message; the first was a string.',
      '1 record is too large for one message because of its primary key and cursor alone, and was emitted at full size.',
    ]);
  });

  test('reports a single value in the singular', () => {
    const {page, end} = open({types: 'as-declared'});
    page([{id: 1, price: ''}]);
    expect(end()).toEqual([
      '1 value of "price" could not be converted to the declared type (number) and was set to null; it was an empty string.',
    ]);
  });
});
