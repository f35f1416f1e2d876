// Paging through a whole client: what it sends where, what it lets through, what it says.
import {describe, expect, test} from '@jest/globals';
import nock from 'nock';
import {virtualClock} from '../../testing/virtual-clock.ts';
import {bearer} from '../auth/bearer.ts';
import {openHttpClient} from '../client.ts';
import type {ListRequestOptions} from '../request.ts';
import {cursorIn} from './cursor-in.ts';
import {nextUrl} from './next-url.ts';
import {offset} from './offset.ts';
import {pageNumber} from './page-number.ts';
import type {PaginateOptions} from './paginate.ts';

const API = 'https://api.test';

/** The records of a list, and what the client said about it apart from each request. */
const read = async (path: string, options: ListRequestOptions & PaginateOptions) => {
  const said: string[] = [];
  const records: object[] = [];
  const {paginate, close} = openHttpClient(
    {baseUrl: API, auth: bearer('hush')},
    {
      signal: new AbortController().signal,
      clock: virtualClock(0),
      log: (level, message) => {
        if (level !== 'DEBUG') said.push(`${level} ${message}`);
      },
    },
  );
  try {
    for await (const page of paginate<object>(path, options)) records.push(...page.records);
  } catch (error) {
    said.push(String(error));
  } finally {
    await close();
  }
  return {records, said};
};

describe('paging over HTTP', () => {
  test('keeps the credentials from a next URL of another host', async () => {
    nock(API, {reqheaders: {authorization: 'Bearer hush'}})
      .get('/items')
      .reply(200, {rows: [{id: 1}], next: 'https://cdn.test/items?page=2'});
    nock('https://cdn.test', {badheaders: ['authorization']})
      .get('/items?page=2')
      .reply(200, {rows: [{id: 2}], next: null});
    expect(await read('/items', {records: 'rows', next: nextUrl('next')})).toEqual({
      records: [{id: 1}, {id: 2}],
      said: [],
    });
  });

  test('pages by POST where the cursor goes into the JSON', async () => {
    nock(API)
      .post('/search', {q: 'x'})
      .reply(200, {rows: [{id: 1}], next: 'a'});
    nock(API)
      .post('/search', {q: 'x', cursor: 'a'})
      .reply(200, {rows: [{id: 2}], next: ''});
    const next = cursorIn('next', {json: 'cursor'});
    expect(await read('/search', {records: 'rows', next, method: 'POST', json: {q: 'x'}})).toEqual({
      records: [{id: 1}, {id: 2}],
      said: [],
    });
  });

  test('ends at a status that means "past the end", as WordPress does', async () => {
    const code = 'rest_post_invalid_page_number';
    nock(API)
      .get('/posts?page=1')
      .reply(200, [{id: 1}]);
    nock(API).get('/posts?page=2').reply(400, {code});
    expect(await read('/posts', {next: pageNumber(), endOn: [400]})).toEqual({
      records: [{id: 1}],
      said: [],
    });
  });

  test('fails at that status where it comes with the first page', async () => {
    nock(API).get('/posts?page=1').reply(400, {message: 'Unknown parameter.'});
    expect(await read('/posts', {next: pageNumber(), endOn: [400]})).toEqual({
      records: [],
      said: ['SystemError: GET https://api.test/posts answered 400: Unknown parameter.'],
    });
  });

  test('warns about records that the API counts and does not send', async () => {
    nock(API)
      .get('/items?offset=0&limit=2')
      .reply(200, {rows: [{id: 1}], total_count: '3'});
    nock(API).get('/items?offset=1&limit=2').reply(200, {rows: [], total_count: '3'});
    const next = offset({size: 2, total: 'total_count'});
    expect(await read('/items', {records: 'rows', next})).toEqual({
      records: [{id: 1}],
      said: [
        'WARN GET https://api.test/items: the API counts 3 records, but its pages held 1: some may be missing. If ' +
          'they did not just change, check `next` and `total`.',
      ],
    });
  });
});
