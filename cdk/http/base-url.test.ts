import {describe, expect, test} from '@jest/globals';
import nock from 'nock';
import {failureOf} from '../../test/failure-of.ts';
import {withAuth} from '../../test/http/authorized.ts';

const get = async (baseUrl: string, path = '/items') =>
  (await withAuth({baseUrl, allowedHosts: []}, (http) => http.get(path))).result;

describe('a base URL', () => {
  test.each([
    ['a trailing space', 'https://api.test '],
    ['a leading space', ' https://api.test'],
    ['a line break', 'https://api.test\n'],
    ['CRLF and tabs', '\t https://api.test\r\n'],
    ['a no-break space', 'https://api.test\u00a0'],
    ['a zero-width space', '\u200bhttps://api.test\u200b'],
    ['a byte order mark', '\ufeffhttps://api.test/'],
    ['a slash and a space', 'https://api.test/ '],
    ['slashes', 'https://api.test///'],
    ['capitals', 'HTTPS://API.TEST'],
    ['one slash', 'https:/api.test'],
    ['backslashes', 'https:\\\\api.test\\'],
    ['its default port', 'https://api.test:443'],
  ])('may have %s', async (_what, baseUrl) => {
    nock('https://api.test').get('/items').reply(200, {ok: true});
    expect(await get(baseUrl)).toEqual({ok: true});
  });

  test.each([
    ['https://api.test/v2 ', '/v2/items'],
    ['https://api.test/v2/\n', '/v2/items'],
    ['https://api.test/my%20api', '/my%20api/items'],
  ])('keeps its path: %j', async (baseUrl, expected) => {
    nock('https://api.test').get(expected).reply(200, {ok: true});
    expect(await get(baseUrl)).toEqual({ok: true});
  });

  test('may have a query if nothing is appended to it', async () => {
    nock('https://api.test').get('/graphql?v=1').reply(200, {ok: true});
    expect(await get('https://api.test/graphql?v=1 ', '')).toEqual({ok: true});
  });

  const SPACE = 'holds a space, a quote or an invisible character, so it is not the URL of an API';
  const SHOULD = 'it should look like https://api.example.com.';

  test.each([
    ['https://api.test/v 2', `"https://api.test/v 2" ${SPACE}: ${SHOULD}`],
    ['https://api.\ntest', `"https://api.\ntest" ${SPACE}: ${SHOULD}`],
    ['https://api\u200b.test', `"https://api\u200b.test" ${SPACE}: ${SHOULD}`],
    ['"https://api.test"', `""https://api.test"" ${SPACE}: ${SHOULD}`],
    ['<https://api.test>', `"<https://api.test>" ${SPACE}: ${SHOULD}`],
    ['api.test', `"api.test" is not the URL of an API: ${SHOULD}`],
    ['https://api.test,', `"https://api.test," is not the URL of an API: ${SHOULD}`],
    ['https://https://api.test', `"https://https://api.test" is not the URL of an API: ${SHOULD}`],
    ['', `"" is not the URL of an API: ${SHOULD}`],
    [' ', `"" is not the URL of an API: ${SHOULD}`],
    [
      'https://app.test/#/items',
      `"https://app.test/#/items" has a "#", so it is the address of a page and not the URL of an API: ${SHOULD}`,
    ],
    [
      'https://api.test/v2?x=1',
      `The URL of the API, https://api.test/v2, has a query, so no path can be appended to it. Remove all from its "?": ${SHOULD}`,
    ],
    [
      'https://user:hush@api.test',
      'The URL of the API in the config has a user name or a password before its host. They are not sent: set https://api.test, and put them into their own fields.',
    ],
    [
      ` https://${'a'.repeat(3_000)}`,
      `The URL of the API in the config has 3009 characters: ${SHOULD}`,
    ],
  ])('is not %j', async (baseUrl, message) => {
    expect(await failureOf(() => get(baseUrl))).toBe(`ConfigError: ${message}`);
  });
});
