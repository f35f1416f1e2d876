import {describe, expect, test} from '@jest/globals';
import {items, pageThrough, param} from '../../../test/http/paging.ts';
import type {HttpRequest} from '../types.ts';
import {pageNumber} from './page-number.ts';

/** A list of items, two per page. */
const listOf =
  (count: number, fields: object = {}, first = 1) =>
  (request: HttpRequest) => {
    const start = (param(request, 'page') - first) * 2;
    return {json: {rows: items(count).slice(start, start + 2), ...fields}};
  };

const options = {records: 'rows'};

describe('pageNumber', () => {
  test.each([
    ['is empty', 0, ['?page=1']],
    ['is one short page', 1, ['?page=1', '?page=2']],
    ['ends with a short page', 3, ['?page=1', '?page=2']],
    ['ends with a full page', 4, ['?page=1', '?page=2', '?page=3']],
  ])('reads a list that %s', async (_what, count, requests) => {
    expect(await pageThrough({...options, next: pageNumber()}, listOf(count))).toEqual({
      requests,
      records: items(count),
    });
  });

  test('requests a page size, and continues after a first page that is shorter', async () => {
    const next = pageNumber({size: {name: 'per_page', value: 500}});
    expect(await pageThrough({...options, next}, listOf(3))).toEqual({
      requests: ['?page=1&per_page=500', '?page=2&per_page=500'],
      records: items(3),
    });
  });

  test('begins at another number in another parameter', async () => {
    const api = ({url}: HttpRequest) => {
      const start = Number(url.searchParams.get('p')) * 2;
      return {json: items(3).slice(start, start + 2)};
    };
    expect(await pageThrough({next: pageNumber({page: 'p', first: 0})}, api)).toEqual({
      requests: ['?p=0', '?p=1'],
      records: items(3),
    });
  });

  test.each([
    ['1-based pages', 1, 2, ['?page=1', '?page=2']],
    ['0-based pages', 0, 2, ['?page=0', '?page=1']],
    ['a number in a string', 1, '2', ['?page=1', '?page=2']],
  ])('ends at the last page of a known number: %s', async (_what, first, pages, requests) => {
    const next = pageNumber({first, total: 'meta.pages'});
    const api = listOf(4, {meta: {pages}}, first);
    expect(await pageThrough({...options, next}, api)).toEqual({requests, records: items(4)});
  });

  test('ends at the first page if the number of pages is 0', async () => {
    const next = pageNumber({total: 'pages'});
    expect(await pageThrough({...options, next}, listOf(0, {pages: 0}))).toEqual({
      requests: ['?page=1'],
      records: [],
    });
  });

  test('takes the number of pages from a header', async () => {
    const next = pageNumber({total: {header: 'X-WP-TotalPages'}});
    const api = (request: HttpRequest) => ({
      ...listOf(4)(request),
      headers: {'x-wp-totalpages': '2'},
    });
    expect(await pageThrough({...options, next}, api)).toEqual({
      requests: ['?page=1', '?page=2'],
      records: items(4),
    });
  });

  test('follows a number of pages that grows during the read, across short pages', async () => {
    const bodies = [
      {rows: items(2), pages: 2},
      {rows: items(1, 3), pages: 3},
      {rows: items(1, 4), pages: 3},
    ];
    const next = pageNumber({total: 'pages'});
    expect(await pageThrough({...options, next}, () => ({json: bodies.shift()}))).toEqual({
      requests: ['?page=1', '?page=2', '?page=3'],
      records: items(4),
    });
  });

  test('warns if a page before the last is empty', async () => {
    const next = pageNumber({total: 'pages'});
    expect(await pageThrough({...options, next}, listOf(2, {pages: 5}))).toEqual({
      requests: ['?page=1', '?page=2'],
      records: items(2),
      warnings: [
        'GET https://api.test/items: the page is empty, but the API counts 3 more pages, so records may be missing. Check `next` ' +
          "against the API's documentation.",
      ],
    });
  });

  test('ends if the has-more flag is false', async () => {
    const api = (request: HttpRequest) => listOf(4, {more: param(request, 'page') < 2})(request);
    expect(await pageThrough({...options, next: pageNumber({more: 'more'})}, api)).toEqual({
      requests: ['?page=1', '?page=2'],
      records: items(4),
    });
  });

  test.each([[400], [404]])('ends at a status that means "past the end": %d', async (status) => {
    const api = (request: HttpRequest) =>
      param(request, 'page') > 2 ? {json: {code: 'past'}, status} : listOf(4)(request);
    const next = pageNumber();
    expect(await pageThrough({...options, next, endOn: [status]}, api)).toEqual({
      requests: ['?page=1', '?page=2', '?page=3'],
      records: items(4),
    });
  });
});
