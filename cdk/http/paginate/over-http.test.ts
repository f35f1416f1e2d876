// Tests paging through a client: its requests, the statuses that it accepts, and its messages.
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

/** Returns the records of a list, and the messages of the client except those at DEBUG. */
const read = async (path: string, options: ListRequestOptions & PaginateOptions) => {
  const messages: string[] = [];
  const records: object[] = [];
  const {paginate, close} = openHttpClient(
    {baseUrl: API, auth: bearer('hush'), allowedHosts: ['cdn.test']},
    {
      signal: new AbortController().signal,
      clock: virtualClock(0),
      log: (level, message) => {
        if (level !== 'DEBUG') messages.push(`${level} ${message}`);
      },
    },
  );
  try {
    for await (const page of paginate<object>(path, options)) records.push(...page.records);
  } catch (error) {
    messages.push(String(error));
  } finally {
    await close();
  }
  return {records, messages};
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
      messages: [],
    });
  });

  test('pages by POST if the cursor goes into the JSON', async () => {
    nock(API)
      .post('/search', {q: 'x'})
      .reply(200, {rows: [{id: 1}], next: 'a'});
    nock(API)
      .post('/search', {q: 'x', cursor: 'a'})
      .reply(200, {rows: [{id: 2}], next: ''});
    const next = cursorIn('next', {json: 'cursor'});
    expect(await read('/search', {records: 'rows', next, method: 'POST', json: {q: 'x'}})).toEqual({
      records: [{id: 1}, {id: 2}],
      messages: [],
    });
  });

  test('ends at a status that means "past the end", such as WordPress\' 400', async () => {
    const code = 'rest_post_invalid_page_number';
    nock(API)
      .get('/posts?page=1')
      .reply(200, [{id: 1}]);
    nock(API).get('/posts?page=2').reply(400, {code});
    expect(await read('/posts', {next: pageNumber(), endOn: [400]})).toEqual({
      records: [{id: 1}],
      messages: [],
    });
  });

  test('fails if the first page has that status', async () => {
    nock(API).get('/posts?page=1').reply(400, {message: 'Unknown parameter.'});
    expect(await read('/posts', {next: pageNumber(), endOn: [400]})).toEqual({
      records: [],
      messages: ['SystemError: GET https://api.test/posts answered 400: Unknown parameter.'],
    });
  });

  test('warns if the API counts more records than it sends', async () => {
    nock(API)
      .get('/items?offset=0&limit=2')
      .reply(200, {rows: [{id: 1}], total_count: '3'});
    nock(API).get('/items?offset=1&limit=2').reply(200, {rows: [], total_count: '3'});
    const next = offset({size: 2, total: 'total_count'});
    expect(await read('/items', {records: 'rows', next})).toEqual({
      records: [{id: 1}],
      messages: [
        'WARN GET https://api.test/items: the API counts 3 records, but its pages have 1: some may be missing. If ' +
          'the records did not change during the read, check `next` and `total`.',
      ],
    });
  });
});
