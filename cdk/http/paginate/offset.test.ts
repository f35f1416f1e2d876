import {describe, expect, test} from '@jest/globals';
import {type Answer, GET, items, pageThrough, param} from '../../../test/http/paging.ts';
import type {HttpRequest} from '../types.ts';
import {offset} from './offset.ts';

/** A list of items, at most `most` per page, with additional fields in the body. */
const listOf =
  (count: number, most: number, fields: object = {}) =>
  (request: HttpRequest): Answer => {
    const start = param(request, 'offset');
    const rows = items(count).slice(start, start + Math.min(most, param(request, 'limit')));
    return {json: {rows, ...fields}};
  };

const options = {records: 'rows'};

describe('offset', () => {
  test.each([
    ['is empty', 0, ['?offset=0&limit=2']],
    [
      'is one short page, because the server may have reduced the size',
      1,
      ['?offset=0&limit=2', '?offset=1&limit=2'],
    ],
    ['is one full page', 2, ['?offset=0&limit=2', '?offset=2&limit=2']],
    ['ends with a short page', 3, ['?offset=0&limit=2', '?offset=2&limit=2']],
    ['ends with a full page', 4, ['?offset=0&limit=2', '?offset=2&limit=2', '?offset=4&limit=2']],
  ])('reads a list that %s', async (_what, count, requests) => {
    const api = listOf(count, 100);
    expect(await pageThrough({...options, next: offset({size: 2})}, api)).toEqual({
      requests,
      records: items(count),
    });
  });

  test('advances by the records received if the server reduces the requested size', async () => {
    const api = listOf(250, 100);
    expect(await pageThrough({...options, next: offset({size: 1000})}, api)).toEqual({
      requests: ['?offset=0&limit=1000', '?offset=100&limit=1000', '?offset=200&limit=1000'],
      records: items(250),
    });
  });

  test('advances by the records received if the server sends more than requested', async () => {
    const api = (request: HttpRequest) => ({
      json: items(7).slice(param(request, 'offset'), param(request, 'offset') + 3),
    });
    expect(await pageThrough({next: offset({size: 2})}, api)).toEqual({
      requests: ['?offset=0&limit=2', '?offset=3&limit=2', '?offset=6&limit=2'],
      records: items(7),
    });
  });

  test.each([
    ['a number', 3, 3, ['?offset=0&limit=2', '?offset=2&limit=2']],
    ['a string', '4', 4, ['?offset=0&limit=2', '?offset=2&limit=2']],
    ['zero', 0, 0, ['?offset=0&limit=2']],
    ['small', 1, 1, ['?offset=0&limit=2']],
    ['null, which is ignored', null, 2, ['?offset=0&limit=2', '?offset=2&limit=2']],
    ['not a number, which is ignored', 'many', 2, ['?offset=0&limit=2', '?offset=2&limit=2']],
  ])('ends at a total that is %s', async (_what, total, count, requests) => {
    const api = listOf(count, 100, {total});
    expect(await pageThrough({...options, next: offset({size: 2, total: 'total'})}, api)).toEqual({
      requests,
      records: items(count),
    });
  });

  test('takes the total from a header, ignoring the case of its name', async () => {
    const api = (request: HttpRequest) => ({
      ...listOf(4, 100)(request),
      headers: {'x-total-count': '4'},
    });
    const next = offset({size: 2, total: {header: 'X-Total-Count'}});
    expect(await pageThrough({...options, next}, api)).toEqual({
      requests: ['?offset=0&limit=2', '?offset=2&limit=2'],
      records: items(4),
    });
  });

  test('continues after a short page while the total is not reached', async () => {
    const pages = [items(2), items(1, 3), items(2, 4)];
    const api = () => ({json: {rows: pages.shift(), total: 5}});
    expect(await pageThrough({...options, next: offset({size: 2, total: 'total'})}, api)).toEqual({
      requests: ['?offset=0&limit=2', '?offset=2&limit=2', '?offset=3&limit=2'],
      records: items(5),
    });
  });

  test('continues after a short page if `untilEmpty` is true', async () => {
    const pages = [items(2), items(1, 3), items(2, 4), []];
    const api = () => ({json: pages.shift()});
    expect(await pageThrough({next: offset({size: 2, untilEmpty: true})}, api)).toEqual({
      requests: [
        '?offset=0&limit=2',
        '?offset=2&limit=2',
        '?offset=3&limit=2',
        '?offset=5&limit=2',
      ],
      records: items(5),
    });
  });

  test.each([
    ['false', [true, false], ['?offset=0&limit=2', '?offset=2&limit=2']],
    ['"false"', ['true', 'false'], ['?offset=0&limit=2', '?offset=2&limit=2']],
    ['0', [1, 0], ['?offset=0&limit=2', '?offset=2&limit=2']],
    ['null', [1, null], ['?offset=0&limit=2', '?offset=2&limit=2']],
  ])(
    'ends if the has-more flag is %s, although the page is full',
    async (_flag, flags, requests) => {
      const api = (request: HttpRequest) => listOf(4, 2, {more: flags.shift()})(request);
      expect(await pageThrough({...options, next: offset({size: 2, more: 'more'})}, api)).toEqual({
        requests,
        records: items(4),
      });
    },
  );

  test('warns if a page is empty although the has-more flag is true', async () => {
    const api = listOf(2, 100, {more: true});
    expect(await pageThrough({...options, next: offset({size: 2, more: 'more'})}, api)).toEqual({
      requests: ['?offset=0&limit=2', '?offset=2&limit=2'],
      records: items(2),
      warnings: [
        'GET https://api.test/items: the page is empty, but the API says that there is more, so records may be missing. ' +
          "Check `next` against the API's documentation.",
      ],
    });
  });

  test('sets parameters with other names in the JSON of the request', async () => {
    const api = ({json}: HttpRequest) => {
      const start = Number(json?.['start']);
      return {json: items(3).slice(start, start + 2)};
    };
    const next = offset({offset: 'start', limit: 'max', size: 2, in: 'json'});
    expect(await pageThrough({next}, api, {...GET, method: 'POST', json: {q: 'x'}})).toEqual({
      requests: [' {"q":"x","start":0,"max":2}', ' {"q":"x","start":2,"max":2}'],
      records: items(3),
    });
  });

  test('reads a record twice and misses no record if one is added in front during the read', async () => {
    const rows = [...items(4)];
    const api = (request: HttpRequest) => {
      const start = param(request, 'offset');
      if (start === 2) rows.unshift({id: 0});
      return {json: {rows: rows.slice(start, start + 2), total: rows.length}};
    };
    expect(await pageThrough({...options, next: offset({size: 2, total: 'total'})}, api)).toEqual({
      requests: ['?offset=0&limit=2', '?offset=2&limit=2', '?offset=4&limit=2'],
      records: [{id: 1}, {id: 2}, {id: 2}, {id: 3}, {id: 4}],
    });
  });

  test('warns if a record is missed because one in front was deleted during the read', async () => {
    const rows = [...items(4)];
    const api = (request: HttpRequest) => {
      const start = param(request, 'offset');
      if (start === 2) rows.shift();
      return {json: {rows: rows.slice(start, start + 2), total: rows.length}};
    };
    expect(await pageThrough({...options, next: offset({size: 2, total: 'total'})}, api)).toEqual({
      requests: ['?offset=0&limit=2', '?offset=2&limit=2'],
      records: [{id: 1}, {id: 2}, {id: 4}],
      warnings: [
        'GET https://api.test/items: the API counts 4 records, but its pages have 3: some may be missing. ' +
          'If the records did not change during the read, check `next` and `total`.',
      ],
    });
  });

  test('fails if the server does not know the parameter', async () => {
    expect(await pageThrough({next: offset({size: 2})}, () => ({json: items(2)}))).toEqual({
      requests: ['?offset=0&limit=2', '?offset=2&limit=2'],
      records: items(2),
      failure:
        'SystemError: GET https://api.test/items: the server sent the same page again (page 2, 2 records). It may ' +
        'not know the parameter that `next` sets: check its name. The records up to here were read.',
    });
  });
});
