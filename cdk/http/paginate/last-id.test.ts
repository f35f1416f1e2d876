import {describe, expect, test} from '@jest/globals';
import {items, pageThrough, param} from '../../../test/http/paging.ts';
import type {HttpRequest} from '../types.ts';
import {lastId} from './last-id.ts';

/** Sends two of the items after the requested one. */
const listOf = (count: number, flag?: (more: boolean) => object) => (request: HttpRequest) => {
  const after = param(request, 'after');
  const data = items(count).slice(after, after + 2);
  return {json: {data, ...flag?.(after + 2 < count)}};
};

const options = {records: 'data'};

describe('lastId', () => {
  test.each([
    [0, ['']],
    [1, ['', '?after=1']],
    [2, ['', '?after=2']],
    [3, ['', '?after=2', '?after=3']],
  ])('reads a list of %d records up to the empty page', async (count, requests) => {
    expect(await pageThrough({...options, next: lastId('id', 'after')}, listOf(count))).toEqual({
      requests,
      records: items(count),
    });
  });

  test('ends if the has-more flag is false', async () => {
    const next = lastId('id', 'after', {more: 'has_more'});
    const api = listOf(4, (more) => ({has_more: more}));
    expect(await pageThrough({...options, next}, api)).toEqual({
      requests: ['', '?after=2'],
      records: items(4),
    });
  });

  test('warns if a page is empty although the has-more flag is true', async () => {
    const next = lastId('id', 'after', {more: 'has_more'});
    const api = listOf(2, () => ({has_more: true}));
    expect(await pageThrough({...options, next}, api)).toEqual({
      requests: ['', '?after=2'],
      records: items(2),
      warnings: [
        'GET https://api.test/items: the page is empty, but the API says that there is more, so records may be missing. ' +
          "Check `next` against the API's documentation.",
      ],
    });
  });

  test('ends if the parameter means "from", and the page has only the record of the request', async () => {
    const api = (request: HttpRequest) => {
      const from = Math.max(param(request, 'from'), 1);
      return {json: items(3).slice(from - 1, from + 1)};
    };
    expect(await pageThrough({next: lastId('id', 'from')}, api)).toEqual({
      requests: ['', '?from=2', '?from=3'],
      records: [{id: 1}, {id: 2}, {id: 2}, {id: 3}, {id: 3}],
    });
  });

  test('takes a nested field, and zero', async () => {
    const pages = [[{meta: {id: 0}}], []];
    const api = () => ({json: pages.shift()});
    expect(await pageThrough({next: lastId('meta.id', 'after')}, api)).toEqual({
      requests: ['', '?after=0'],
      records: [{meta: {id: 0}}],
    });
  });

  test.each([[{}], [{id: null}], [{id: ''}]])('fails if the last record is %j', async (last) => {
    const api = () => ({json: [{id: 1}, last]});
    expect(await pageThrough({next: lastId('id', 'after')}, api)).toEqual({
      requests: [''],
      records: [{id: 1}, last],
      failure:
        'SystemError: GET https://api.test/items: the last record of the page has no "id", so the next page can\'t ' +
        'be requested. Set `lastId` to a field that every record has.',
    });
  });

  test('fails if the id is a number that JSON.parse rounds', async () => {
    const api = () => ({json: [{id: 2 ** 60}]});
    expect(await pageThrough({next: lastId('id', 'after')}, api)).toEqual({
      requests: [''],
      records: [{id: 2 ** 60}],
      failure:
        'SystemError: GET https://api.test/items: "id" of the last record is a number beyond 2^53, which JSON in ' +
        'JavaScript does not keep exact (it became 1152921504606847000). Page by another field, or let the API send strings.',
    });
  });
});
