import {describe, expect, test} from '@jest/globals';
import {type Answer, GET, items, pageThrough, param} from '../../../test/http/paging.ts';
import type {HttpRequest} from '../types.ts';
import {offset} from './offset.ts';

/** A list of so many items, at most `most` a page, with something beside them. */
const listOf =
  (count: number, most: number, beside: object = {}) =>
  (request: HttpRequest): Answer => {
    const start = param(request, 'offset');
    const rows = items(count).slice(start, start + Math.min(most, param(request, 'limit')));
    return {json: {rows, ...beside}};
  };

const options = {records: 'rows'};

describe('offset', () => {
  test.each([
    ['is empty', 0, ['?offset=0&limit=2']],
    ['is a short page, which may have been cut', 1, ['?offset=0&limit=2', '?offset=1&limit=2']],
    ['is a full page', 2, ['?offset=0&limit=2', '?offset=2&limit=2']],
    ['ends with a short page', 3, ['?offset=0&limit=2', '?offset=2&limit=2']],
    ['ends with a full page', 4, ['?offset=0&limit=2', '?offset=2&limit=2', '?offset=4&limit=2']],
  ])('reads a list that %s', async (_what, count, requests) => {
    const api = listOf(count, 100);
    expect(await pageThrough({...options, next: offset({size: 2})}, api)).toEqual({
      requests,
      records: items(count),
    });
  });

  test('advances by the records that came where the server cuts the size that was asked for', async () => {
    const api = listOf(250, 100);
    expect(await pageThrough({...options, next: offset({size: 1000})}, api)).toEqual({
      requests: ['?offset=0&limit=1000', '?offset=100&limit=1000', '?offset=200&limit=1000'],
      records: items(250),
    });
  });

  test('advances by the records that came where the server sends more than was asked for', async () => {
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
    ['a text', '4', 4, ['?offset=0&limit=2', '?offset=2&limit=2']],
    ['zero', 0, 0, ['?offset=0&limit=2']],
    ['small', 1, 1, ['?offset=0&limit=2']],
    ['null, which tells nothing', null, 2, ['?offset=0&limit=2', '?offset=2&limit=2']],
    ['no number, which tells nothing', 'many', 2, ['?offset=0&limit=2', '?offset=2&limit=2']],
  ])('ends at the total where that is %s', async (_what, total, count, requests) => {
    const api = listOf(count, 100, {total});
    expect(await pageThrough({...options, next: offset({size: 2, total: 'total'})}, api)).toEqual({
      requests,
      records: items(count),
    });
  });

  test('takes the total from a header, in whatever case it is written', async () => {
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

  test('goes on behind a short page while the total is not reached', async () => {
    const pages = [items(2), items(1, 3), items(2, 4)];
    const api = () => ({json: {rows: pages.shift(), total: 5}});
    expect(await pageThrough({...options, next: offset({size: 2, total: 'total'})}, api)).toEqual({
      requests: ['?offset=0&limit=2', '?offset=2&limit=2', '?offset=3&limit=2'],
      records: items(5),
    });
  });

  test('goes on behind a short page where it is told to ask until one is empty', async () => {
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
    'ends where the has-more flag is %s, though the page is full',
    async (_flag, flags, requests) => {
      const api = (request: HttpRequest) => listOf(4, 2, {more: flags.shift()})(request);
      expect(await pageThrough({...options, next: offset({size: 2, more: 'more'})}, api)).toEqual({
        requests,
        records: items(4),
      });
    },
  );

  test('says so where a page is empty though the has-more flag is set', async () => {
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

  test('uses the names it is given, in the JSON of the request', async () => {
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

  test('reads a record twice, and misses none, where one is added in front meanwhile', async () => {
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

  test('says so where a record slips through because one in front was deleted meanwhile', async () => {
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
        'GET https://api.test/items: the API counts 4 records, but its pages held 3: some may be missing. ' +
          'If they did not just change, check `next` and `total`.',
      ],
    });
  });

  test('fails where the server does not know the parameter', async () => {
    expect(await pageThrough({next: offset({size: 2})}, () => ({json: items(2)}))).toEqual({
      requests: ['?offset=0&limit=2', '?offset=2&limit=2'],
      records: items(2),
      failure:
        'SystemError: GET https://api.test/items: the server sends the same page again (page 2, 2 records). It may ' +
        'not know the parameter that `next` sets: check its name. The records up to here were read.',
    });
  });
});
