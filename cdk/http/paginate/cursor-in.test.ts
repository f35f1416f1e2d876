import {describe, expect, test} from '@jest/globals';
import {GET, items, pageThrough} from '../../../test/http/paging.ts';
import type {HttpRequest} from '../types.ts';
import {cursorIn} from './cursor-in.ts';

const options = {records: 'rows'};
const POST: HttpRequest = {...GET, method: 'POST', json: {}};
const FORM: HttpRequest = {...GET, method: 'POST', form: {}};

/** Responds with these bodies in their order. */
const bodies =
  (...list: object[]) =>
  () => ({json: list.shift()});

const CHECK = "so records may be missing. Check `next` against the API's documentation.";

describe('cursorIn', () => {
  test.each([
    ['next', 'cursor', {next: 'a b&c'}, '?cursor=a+b&c'],
    ['meta.next', 'after', {meta: {next: 7}}, '?after=7'],
    ['@odata.next', '$skip', {'@odata.next': 'x'}, '?$skip=x'],
    ['meta.@odata.next', 'skip', {meta: {'@odata.next': 'x'}}, '?skip=x'],
    ['links.0.token', 'skip', {links: [{token: 'x'}]}, '?skip=x'],
    ['next', {json: 'cursor'}, {next: 'x'}, ' {"q":1,"page":{"size":2},"cursor":"x"}'],
    ['next', {json: 'page.cursor'}, {next: 'x'}, ' {"q":1,"page":{"size":2,"cursor":"x"}}'],
    ['next', {form: 'cursor'}, {next: 7}, ' {"q":1,"cursor":7}'],
    ['next', {json: 'a.b'}, {next: [1, 'x']}, ' {"q":1,"page":{"size":2},"a":{"b":[1,"x"]}}'],
  ])('moves the cursor from %s to %j', async (from, to, fields, second) => {
    const post: HttpRequest = {...GET, method: 'POST'};
    const withJson = {...post, json: {q: 1, page: {size: 2}}};
    const withBody = typeof to !== 'string' && 'form' in to ? {...post, form: {q: 1}} : withJson;
    const api = bodies({rows: items(2), ...fields}, {rows: items(1, 3)});
    const {requests, records} = await pageThrough(
      {...options, next: cursorIn(from, to)},
      api,
      typeof to === 'string' ? GET : withBody,
    );
    expect(requests.slice(1)).toEqual([second]);
    expect(records).toEqual(items(3));
  });

  test('takes the cursor from a header', async () => {
    const headers: Record<string, string>[] = [{'x-next': 'a'}, {'x-next': ''}];
    const api = () => ({json: items(2, headers.length), headers: headers.shift() ?? {}});
    expect(await pageThrough({next: cursorIn({header: 'X-Next'}, 'cursor')}, api)).toEqual({
      requests: ['', '?cursor=a'],
      records: [{id: 2}, {id: 3}, {id: 1}, {id: 2}],
    });
  });

  test.each([[null], [''], [false], [0], [[]]])('ends at %j', async (next) => {
    const api = bodies({rows: items(2), next});
    const request = {...GET, url: new URL('https://api.test/items?limit=2')};
    expect(await pageThrough({...options, next: cursorIn('next', 'cursor')}, api, request)).toEqual(
      {requests: ['?limit=2'], records: items(2)},
    );
  });

  test('ends if the cursor is missing after a page that had one', async () => {
    const api = bodies({rows: items(2), next: 'a'}, {rows: items(2, 3)});
    expect(await pageThrough({...options, next: cursorIn('next', 'cursor')}, api)).toEqual({
      requests: ['', '?cursor=a'],
      records: items(4),
    });
  });

  test('warns if the first page is full and has no cursor, because the path may be wrong', async () => {
    const api = bodies({rows: items(2), next_cursor: 'a'});
    const request = {...GET, url: new URL('https://api.test/items?page_size=2')};
    expect(await pageThrough({...options, next: cursorIn('next', 'cursor')}, api, request)).toEqual(
      {
        requests: ['?page_size=2'],
        records: items(2),
        warnings: [
          `GET https://api.test/items: the last page is full (2 records), but "next" in the body is missing, ${CHECK}`,
        ],
      },
    );
  });

  test('ends if the has-more flag is false, whatever the cursor', async () => {
    const api = bodies(
      {rows: items(2), next: 'a', more: true},
      {rows: items(2, 3), next: 'b', more: false},
    );
    expect(
      await pageThrough({...options, next: cursorIn('next', 'cursor', {more: 'more'})}, api),
    ).toEqual({requests: ['', '?cursor=a'], records: items(4)});
  });

  test('warns if the has-more flag is true and there is no cursor', async () => {
    const api = bodies({rows: items(1), next: null, more: true});
    expect(
      await pageThrough({...options, next: cursorIn('next', 'cursor', {more: 'more'})}, api),
    ).toEqual({
      requests: [''],
      records: items(1),
      warnings: [
        `GET https://api.test/items: the API says that there is more, but "next" in the body is missing, ${CHECK}`,
      ],
    });
  });

  test('continues after an empty page with a new cursor', async () => {
    const api = bodies({rows: [], next: 'a'}, {rows: [], next: 'b'}, {rows: items(1)});
    expect(await pageThrough({...options, next: cursorIn('next', 'cursor')}, api)).toEqual({
      requests: ['', '?cursor=a', '?cursor=b'],
      records: items(1),
    });
  });

  test.each([
    ['query', 'cursor', GET, ['', '?cursor=a']],
    ['JSON', {json: 'cursor'}, POST, [' {}', ' {"cursor":"a"}']],
    ['form', {form: 'cursor'}, FORM, [' {}', ' {"cursor":"a"}']],
  ])(
    'ends at an empty page that returns the cursor of the request in the %s',
    async (_in, to, request, requests) => {
      const api = bodies({rows: items(1), next: 'a'}, {rows: [], next: 'a'});
      expect(await pageThrough({...options, next: cursorIn('next', to)}, api, request)).toEqual({
        requests,
        records: items(1),
      });
    },
  );

  test.each([
    [
      GET,
      {json: 'cursor'},
      "GET https://api.test/items: `next` sets a field in the JSON of the request, but a GET has none. Set `method: 'POST'`, or put the field into the query.",
    ],
    [
      FORM,
      {json: 'cursor'},
      'POST https://api.test/items: `next` sets a field in the JSON of the request, but its body is a form. Put the field there.',
    ],
    [
      POST,
      {form: 'cursor'},
      'POST https://api.test/items: `next` sets a field in the form of the request, but its body is JSON. Put the field there.',
    ],
  ])('fails if the request has another kind of body: %#', async (request, to, failure) => {
    const api = bodies({rows: items(1), next: 'a'});
    expect(await pageThrough({...options, next: cursorIn('next', to)}, api, request)).toMatchObject(
      {
        records: items(1),
        failure: `SystemError: ${failure}`,
      },
    );
  });

  test('fails if a page with records returns the cursor of the request', async () => {
    const api = bodies({rows: items(1), next: 'a'}, {rows: items(1, 2), next: 'a'});
    expect(await pageThrough({...options, next: cursorIn('next', 'cursor')}, api)).toEqual({
      requests: ['', '?cursor=a'],
      records: items(2),
      failure:
        'SystemError: https://api.test/items: pagination loops: the next page was already fetched. ' +
        'The records up to here were read. If the last of these pages is the end of the list, name what marks it: set `more` or ' +
        "`last` of the paginator, or `stop`. Else report this to the API's owner.",
    });
  });

  test.each([
    [
      'an object',
      {id: 1},
      'should be a string or a number, but is an object. Set `next` to the location where the API names its next page.',
    ],
    [
      'a flag',
      true,
      'should be a string or a number, but is a boolean. Set `next` to the location where the API names its next page.',
    ],
    [
      'a number that JSON.parse rounds',
      2 ** 53,
      'is a number beyond 2^53, which JSON in JavaScript does not keep exact (it became 9007199254740992). Page by ' +
        'another field, or let the API send strings.',
    ],
  ])('fails if the cursor is %s, after the records of its page', async (_what, next, message) => {
    const api = bodies({rows: items(1), next});
    expect(await pageThrough({...options, next: cursorIn('next', 'cursor')}, api)).toEqual({
      requests: [''],
      records: items(1),
      failure: `SystemError: GET https://api.test/items: "next" in the body ${message}`,
    });
  });

  test('fails if the cursor for the JSON is a number that JSON.parse rounds', async () => {
    const api = bodies({rows: items(1), next: 2 ** 53});
    const next = cursorIn('next', {json: 'cursor'});
    expect(await pageThrough({...options, next}, api)).toMatchObject({
      requests: [''],
      failure: expect.stringContaining('"next" in the body is a number beyond 2^53'),
    });
  });
});
