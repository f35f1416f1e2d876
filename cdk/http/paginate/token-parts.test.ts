import {describe, expect, test} from '@jest/globals';
import {GET, items, pageThrough} from '../../../test/http/paging.ts';
import type {HttpRequest} from '../types.ts';
import {tokenParts} from './token-parts.ts';

const bodies =
  (...list: object[]) =>
  () => ({json: list.shift()});

const parts = {name: 'next.name', type: 'next.type'};
const options = {records: 'rows'};
const WARNED = "so records may be missing. Check `next` against the API's documentation.";

describe('tokenParts', () => {
  test('puts several values into the query, without those that a response leaves out', async () => {
    const api = bodies(
      {rows: items(1), next: {name: 'a', type: 0}},
      {rows: items(1, 2), next: {name: 'b'}},
      {rows: items(1, 3), next: {name: null, type: ''}},
    );
    expect(await pageThrough({...options, next: tokenParts(parts)}, api)).toEqual({
      requests: ['', '?name=a&type=0', '?name=b'],
      records: items(3),
    });
  });

  test('puts them into the JSON', async () => {
    const api = bodies({rows: items(1), next: {name: 'a', type: 'A'}}, {rows: items(1, 2)});
    const request: HttpRequest = {...GET, method: 'POST', json: {zone: 1}};
    expect(
      await pageThrough({...options, next: tokenParts(parts, {in: 'json'})}, api, request),
    ).toEqual({
      requests: [' {"zone":1}', ' {"zone":1,"name":"a","type":"A"}'],
      records: items(2),
    });
  });

  test('ends if the has-more flag is false', async () => {
    const api = bodies({rows: items(1), next: {name: 'a'}, more: 'false'});
    expect(await pageThrough({...options, next: tokenParts(parts, {more: 'more'})}, api)).toEqual({
      requests: [''],
      records: items(1),
    });
  });

  test.each([
    [
      'the has-more flag is true',
      {more: true},
      'the API says that there is more, but the response has none of',
    ],
    [
      'the first page is full',
      {},
      'the last page is full (1 records), but the response has none of',
    ],
  ])('warns if %s and there is no value', async (_what, fields, message) => {
    const api = bodies({rows: items(1), ...fields});
    const request = {...GET, url: new URL('https://api.test/items?limit=1')};
    expect(
      await pageThrough({...options, next: tokenParts(parts, {more: 'more'})}, api, request),
    ).toEqual({
      requests: ['?limit=1'],
      records: items(1),
      warnings: [
        `GET https://api.test/items: ${message} "next.name" in the body, "next.type" in the body, ${WARNED}`,
      ],
    });
  });
});
