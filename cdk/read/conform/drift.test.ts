import {describe, expect, test} from '@jest/globals';
import {watchDrift} from './drift.ts';

const schema = {
  type: 'object',
  properties: {
    id: {type: 'integer'},
    address: {type: ['null', 'array'], items: {type: 'object', properties: {city: {}}}},
    owner: {
      oneOf: [
        {type: 'object', properties: {id: {}}},
        {type: 'object', properties: {login: {}}},
      ],
    },
    rates: {type: 'object', additionalProperties: {type: 'object', properties: {value: {}}}},
    open: {type: 'object', properties: {id: {}}, additionalProperties: true},
    anything: {},
  },
};

const newsOf = (...records: readonly object[]): string | undefined => {
  const drift = watchDrift(schema);
  for (const record of records) drift.look(record);
  return drift.news();
};

const warningOf = (fields: string): string =>
  `Records have fields that the schema does not declare; they are emitted: ${fields}.`;

describe('fields that the schema does not declare', () => {
  test.each<[string, object, string]>([
    ['at the top', {id: 1, nickname: 'x'}, '"nickname" (a string)'],
    [
      'in a list',
      {address: [{city: 'a'}, {city: 'b', zip: 7}]},
      '"address[].zip" (a number, first at address[1].zip)',
    ],
    ['in no option of several', {owner: {id: 1, login: 'x', age: null}}, '"owner.age" (null)'],
    [
      'in the values of a map',
      {rates: {eur: {value: 1, at: 'x'}}},
      '"rates.*.at" (a string, first at rates.eur.at)',
    ],
    ['in an object that allows others', {open: {id: 1, more: []}}, '"open.more" (an array)'],
  ])('are reported %s, with their kind and an example', (_case, record, fields) => {
    expect(newsOf(record)).toBe(warningOf(fields));
  });

  test('are reported once each, in one message', () => {
    const drift = watchDrift(schema);
    drift.look({a: 1, b: true});
    drift.look({a: 'x', c: {}});
    expect(drift.news()).toBe(warningOf('"a" (a number), "b" (a boolean), "c" (an object)'));
    drift.look({a: 1, b: 1, c: 1});
    expect(drift.news()).toBeUndefined();
  });

  test('are listed up to a hundred, then counted as more', () => {
    const drift = watchDrift(schema);
    drift.look(Object.fromEntries(Array.from({length: 100}, (_, n) => [`f${n}`, n])));
    expect(drift.news()).toMatch(/"f99" \(a number\)\.$/);
    drift.look({f0: 1, more: 1, evenMore: 1});
    expect(drift.news()).toBe(warningOf('and more, which are not listed (at most 100 are)'));
    drift.look({still: 1});
    expect(drift.news()).toBeUndefined();
    expect(drift.isDue()).toBe(false);
  });
});

describe('no field is unknown', () => {
  test.each<[string, object]>([
    ['in declared records', {id: 1, address: [{city: 'x'}], rates: {eur: {value: 1}}}],
    ['if a schema names no fields', {anything: {any: [{thing: 1}]}}],
    ['in values of another type', {address: 'x', owner: [1], rates: null}],
  ])('%s', (_case, record) => {
    expect(newsOf(record)).toBeUndefined();
  });

  test('if the schema has no properties, and no record has to be parsed', () => {
    expect(watchDrift({type: 'object'}).isDue()).toBe(false);
  });
});

test('the first thousand records are checked, then one in a hundred', () => {
  const drift = watchDrift(schema);
  const due = Array.from({length: 1_300}, () => drift.isDue());
  expect(due.slice(0, 1_000)).not.toContain(false);
  expect(due.flatMap((is, n) => (is && n >= 1_000 ? [n + 1] : []))).toEqual([1_100, 1_200, 1_300]);
});
