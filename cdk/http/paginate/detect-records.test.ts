import {describe, expect, test} from '@jest/globals';
import {items, pageThrough} from '../../../test/http/paging.ts';
import {auto} from './auto.ts';

describe('the records of auto', () => {
  const recordsOf = async (json: unknown) => {
    const {records, failure} = await pageThrough({next: auto()}, () => ({json}));
    return failure ?? records;
  };

  test.each([
    ['the body', items(2)],
    ['a list with a usual name', {data: items(2), users: items(5)}],
    ['the first of several usual names', {results: items(5), data: items(2)}],
    ['the only list', {ok: true, tags: ['a'], tickets: items(2), errors: []}],
    ['data.items', {data: {items: items(2), users: items(5)}}],
    ['the only list in data', {data: {tickets: items(2), user: {id: 1}}}],
    ['hits.hits', {took: 3, hits: {total: {value: 2}, hits: items(2)}}],
    ['the only list below', {search: {tickets: items(2)}, meta: {sorts: items(5)}}],
    ['none of many that are empty', {tickets: [], users: []}],
  ])('are %s', async (_what, json) => {
    const found = await recordsOf(json);
    expect(found).toEqual(JSON.stringify(json).includes('"id"') ? items(2) : []);
  });

  test.each([
    ['at the top', {tickets: items(2), users: []}, 'tickets, users'],
    ['at the top and in data', {tickets: items(2), data: {users: items(2)}}, 'tickets, data.users'],
    ['below', {a: {tickets: items(2)}, b: {users: items(2)}}, 'a.tickets, b.users'],
  ])('fail where several lists could be them: %s', async (_where, json, paths) => {
    expect(await recordsOf(json)).toBe(
      `SystemError: GET https://api.test/items: the body has several lists that could be the records: ${paths}. Set ` +
        '`records` to one of them.',
    );
  });

  test('fail where there is no list', async () => {
    expect(await recordsOf({id: 1, tags: ['a']})).toBe(
      'SystemError: GET https://api.test/items: the body should be a list of objects, but is an object. The body has: ' +
        'id, tags. Set `records` to the path of the list.',
    );
  });

  test('are at the path that is set', async () => {
    const json = {tickets: items(2), users: items(3)};
    const {records} = await pageThrough({next: auto(), records: 'users'}, () => ({json}));
    expect(records).toEqual(items(3));
  });
});
