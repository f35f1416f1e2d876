import {describe, expect, test} from '@jest/globals';
import nock from 'nock';
import {failureOf} from '../../../test/failure-of.ts';
import {API, withAuth} from '../../../test/http/authorized.ts';
import {linkHeader} from '../paginate/link-header.ts';
import {apiKey} from './api-key.ts';

const SECRET = 'k-123/+=';

describe('apiKey', () => {
  test('is sent in a header, and masked in logs', async () => {
    nock(API, {reqheaders: {'x-api-key': SECRET}})
      .get('/items')
      .reply(200, []);
    const auth = apiKey({header: 'X-Api-Key', value: SECRET});
    const {result, redact} = await withAuth({auth}, (http) => http.get('/items'));
    expect(result).toEqual([]);
    expect(redact(`key ${SECRET} and ${encodeURIComponent(SECRET)}`)).toBe('key **** and ****');
  });

  test('is sent in the query, next to its other parameters, on every page, and never logged', async () => {
    const query = {key: SECRET, sort: 'id'};
    nock(API)
      .get('/items')
      .query(query)
      .reply(200, [{id: 1}], {link: '</items?sort=id&page=2>; rel="next"'});
    nock(API)
      .get('/items')
      .query({...query, page: 2})
      .reply(200, [{id: 2}]);
    const {result, log} = await withAuth(
      {auth: apiKey({query: 'key', value: SECRET})},
      async (http) =>
        Array.fromAsync(http.paginate('/items', {query: {sort: 'id'}, next: linkHeader()})),
    );
    expect(result.flatMap(({records}) => records)).toEqual([{id: 1}, {id: 2}]);
    expect(log.slice(0, 3)).toEqual([
      'DEBUG GET https://api.test/items?sort=id&key=**** 200 0 ms 10 bytes',
      'DEBUG GET https://api.test/items: page 1 has 1 record; next page: page=2.',
      'DEBUG GET https://api.test/items?sort=id&page=2&key=**** 200 0 ms 10 bytes',
    ]);
    expect(log.join('\n')).not.toContain('k-123');
  });

  test.each([
    [{}, 'sid=k-1'],
    [{cookie: 'lang=en'}, 'lang=en; sid=k-1'],
  ])('is sent as a cookie in addition to %j', async (headers, cookie) => {
    nock(API, {reqheaders: {cookie}}).get('/items').reply(200, []);
    const auth = apiKey({cookie: 'sid', value: 'k-1'});
    const {result} = await withAuth({auth, headers}, (http) => http.get('/items'));
    expect(result).toEqual([]);
  });

  test('may have a prefix in a header', async () => {
    nock(API, {reqheaders: {authorization: 'Token k-1'}})
      .get('/items')
      .reply(200, []);
    const auth = apiKey({header: 'authorization', value: 'Token k-1'});
    expect((await withAuth({auth}, (http) => http.get('/items'))).result).toEqual([]);
  });

  test.each([
    ['an empty header', {header: 'x', value: ''}],
    ['a line break', {header: 'x', value: 'k\nx-admin: 1'}],
    ['a space at the end', {header: 'x', value: 'k '}],
    ['a space in a cookie', {cookie: 'x', value: 'a b'}],
    ['a line break in a query', {query: 'x', value: 'a\n'}],
  ])('refuses %s', async (_what, key) => {
    expect(await failureOf(() => apiKey(key))).toBe(
      'ConfigError: The API key in the config is empty, or holds a line break or another character that no key has: paste it again.',
    );
  });
});
