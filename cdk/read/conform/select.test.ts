import {describe, expect, test} from '@jest/globals';
import {compileConform} from './conform.ts';

const TEXT = {type: 'string'};
const declared = {
  type: 'object',
  properties: {
    id: TEXT,
    name: TEXT,
    owner: {type: 'object', properties: {id: TEXT, login: TEXT}},
    lines: {type: 'array', items: {type: 'object', properties: {sku: TEXT, price: TEXT}}},
  },
};
const {id, name, owner, lines} = declared.properties;
const record = {
  id: '1',
  name: 'x',
  owner: {id: '2', login: 'y', extra: true},
  lines: [{sku: 'a', price: '3'}, {sku: 'b'}],
  extra: true,
};

const select = (selected: object, keys: readonly string[] = []) =>
  compileConform(declared, {selected: {...selected}, keys}).apply(record).record;

describe('fields that the configured schema does not have', () => {
  test('are left out, and undeclared ones stay', () => {
    expect(select({properties: {id, owner, lines}})).toEqual({
      id: '1',
      owner: record.owner,
      lines: record.lines,
      extra: true,
    });
  });

  test('are left out of objects and lists too', () => {
    const selected = {
      properties: {
        ...declared.properties,
        owner: {type: 'object', properties: {id: TEXT}},
        lines: {type: 'array', items: {type: 'object', properties: {sku: TEXT}}},
      },
    };
    const before = structuredClone(record);
    expect(select(selected)).toEqual({
      ...record,
      owner: {id: '2', extra: true},
      lines: [{sku: 'a'}, {sku: 'b'}],
    });
    expect(record).toEqual(before);
  });

  test('stay if they are part of a key', () => {
    expect(
      select({properties: {name, owner: {type: 'object', properties: {}}}}, ['id', 'owner.id']),
    ).toEqual({id: '1', name: 'x', owner: {id: '2', extra: true}, extra: true});
  });
});

describe('fields that neither schema declares', () => {
  test('are left out if the configured schema allows no others', () => {
    const closed = {
      type: 'object',
      properties: {id: TEXT, login: TEXT},
      additionalProperties: false,
    };
    expect(
      select({properties: {name, owner: closed}, additionalProperties: false}, ['id']),
    ).toEqual({id: '1', name: 'x', owner: {id: '2', login: 'y'}});
  });
});

describe('everything is selected, and the record is the same object,', () => {
  test.each<[string, object]>([
    ['by the schema that the source declares', declared],
    ['by one without properties', {}],
    ['by one that declares more', {properties: {...declared.properties, more: TEXT}}],
    ['by one that names no fields of an object', {properties: {id, name, lines, owner: {}}}],
    [
      'by one that spreads them over options',
      {oneOf: [{properties: {id, name}}, {properties: {owner, lines}}]},
    ],
  ])('%s', (_case, selected) => {
    expect(select(selected)).toBe(record);
  });
});
