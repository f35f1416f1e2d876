// The token of an API for the next sync, beside the records of a page.
import {expect, test} from '@jest/globals';
import {serve} from '../../../test/http/loopback.ts';
import {openHttpClient} from '../client.ts';
import {cursorIn} from './cursor-in.ts';
import type {PaginateOptions} from './paginate.ts';

const tokensOf = async (
  body: object,
  token: PaginateOptions['token'],
  headers: Record<string, string> = {},
) => {
  const origin = await serve((_request, response) => {
    response.writeHead(200, {'content-type': 'application/json', ...headers});
    response.end(JSON.stringify({items: [{id: 1}], ...body}));
  });
  const http = openHttpClient(
    {baseUrl: origin},
    {signal: new AbortController().signal, log: () => {}},
  );
  const options = {records: 'items', ...(token !== undefined && {token})};
  try {
    const pages = await Array.fromAsync(http.paginate('/items', options));
    return pages.map((page) => page.token);
  } catch (error) {
    return String(error).replaceAll(origin, 'ORIGIN');
  } finally {
    await http.close();
  }
};

test.each([
  ['of a field', {nextSyncToken: 'abc'}, 'nextSyncToken', ['abc']],
  ['of a nested field', {meta: {token: 'abc'}}, 'meta.token', ['abc']],
  ['that is a number', {last_seq: 7}, 'last_seq', [7]],
  [
    'that is a link',
    {'@odata.deltaLink': 'https://x.test/delta?$deltatoken=1'},
    '@odata.deltaLink',
    ['https://x.test/delta?$deltatoken=1'],
  ],
  ['of the first of two fields', {next: 'a', newStart: 'b'}, ['next', 'newStart'], ['a']],
  [
    'of the second one if the first is null',
    {next: null, newStart: 'b'},
    ['next', 'newStart'],
    ['b'],
  ],
  ['that is missing', {}, 'nextSyncToken', [undefined]],
  ['that is empty', {nextSyncToken: ''}, 'nextSyncToken', [undefined]],
  ['without an option', {nextSyncToken: 'abc'}, undefined, [undefined]],
])('a token %s is that of the page', async (_what, body, token, expected) => {
  expect(await tokensOf(body, token)).toEqual(expected);
});

test('a token may be in a header', async () => {
  expect(await tokensOf({}, {header: 'X-Sync'}, {'x-sync': 'abc'})).toEqual(['abc']);
});

test.each([
  ['with a token is complete', {nextSyncToken: 'abc'}, []],
  [
    'without one may be incomplete',
    {},
    [
      'GET ORIGIN/items: the last page is full (100 records), but "nextPageToken" in the body is missing, so records may be missing. Check `next` against the API\'s documentation.',
    ],
  ],
])('a full last page %s', async (_what, body, warnings) => {
  const items = Array.from({length: 100}, (_none, id) => ({id}));
  const origin = await serve((_request, response) =>
    response.end(JSON.stringify({items, ...body})),
  );
  const logged: string[] = [];
  const log = (level: string, message: string): void => {
    if (level === 'WARN') logged.push(message);
  };
  const http = openHttpClient({baseUrl: origin}, {signal: new AbortController().signal, log});
  await Array.fromAsync(
    http.paginate('/items', {
      records: 'items',
      next: cursorIn('nextPageToken', 'pageToken'),
      token: 'nextSyncToken',
      query: {maxResults: 100},
    }),
  );
  await http.close();
  expect(logged.map((line) => line.replaceAll(origin, 'ORIGIN'))).toEqual(warnings);
});

const ADVICE = 'Set `token` to the location where the API names its sync token.';

test.each([
  [
    'an object',
    {token: {a: 1}},
    `SystemError: GET ORIGIN/items: "token" in the body should be a string or a number, but is an object. ${ADVICE}`,
  ],
  [
    'a number that is not exact',
    {token: 2 ** 60},
    'SystemError: GET ORIGIN/items: "token" in the body is a number beyond 2^53, which JSON in JavaScript does not keep exact (it became 1152921504606847000). Page by another field, or let the API send strings.',
  ],
  [
    'a URL with a credential',
    {token: 'https://x.test/delta?access_token=abc&since=1'},
    'SystemError: GET ORIGIN/items: "token" in the body is a URL with the parameter "access_token", which may be a credential, and a state is not a place for one. Make the token in `read` instead, without that parameter: page(records, {token}).',
  ],
])('a token that is %s is an error', async (_what, body, message) => {
  expect(await tokensOf(body, 'token')).toBe(message);
});
