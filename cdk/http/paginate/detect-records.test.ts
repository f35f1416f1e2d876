import {describe, expect, test} from '@jest/globals';
import {items, pageThrough} from '../../../test/http/paging.ts';
import {auto} from './auto.ts';

describe('auto finds the records', () => {
  const recordsOf = async (json: unknown) => {
    const {records, failure} = await pageThrough({next: auto()}, () => ({json}));
    return failure ?? records;
  };

  test.each([
    ['in the body', items(2)],
    ['in a list with a usual name', {data: items(2), users: items(5)}],
    ['under the first of several usual names', {results: items(5), data: items(2)}],
    ['in the only list', {ok: true, tags: ['a'], tickets: items(2), errors: []}],
    ['at data.items', {data: {items: items(2), users: items(5)}}],
    ['in the only list in data', {data: {tickets: items(2), user: {id: 1}}}],
    ['at hits.hits', {took: 3, hits: {total: {value: 2}, hits: items(2)}}],
    ['in the only list one level below', {search: {tickets: items(2)}, meta: {sorts: items(5)}}],
    ['in any of several empty lists', {tickets: [], users: []}],
  ])('%s', async (_what, json) => {
    const found = await recordsOf(json);
    expect(found).toEqual(JSON.stringify(json).includes('"id"') ? items(2) : []);
  });

  test.each([
    ['at the top', {tickets: items(2), users: []}, 'tickets, users'],
    ['at the top and in data', {tickets: items(2), data: {users: items(2)}}, 'tickets, data.users'],
    ['one level below', {a: {tickets: items(2)}, b: {users: items(2)}}, 'a.tickets, b.users'],
  ])('and fails if several lists could be the records: %s', async (_where, json, paths) => {
    expect(await recordsOf(json)).toBe(
      `SystemError: GET https://api.test/items: the body has several lists that could be the records: ${paths}. Set ` +
        '`records` to one of them.',
    );
  });

  test('and fails if there is no list', async () => {
    expect(await recordsOf({id: 1, tags: ['a']})).toBe(
      'SystemError: GET https://api.test/items: the body should be a list of objects, but is an object. The body has: ' +
        'id, tags. Set `records` to the path of the list.',
    );
  });

  test('at the path in `records`', async () => {
    const json = {tickets: items(2), users: items(3)};
    const {records} = await pageThrough({next: auto(), records: 'users'}, () => ({json}));
    expect(records).toEqual(items(3));
  });
});
