import {describe, expect, test} from '@jest/globals';
import nock from 'nock';
import {failureOf} from '../../../test/failure-of.ts';
import {API, withAuth} from '../../../test/http/authorized.ts';
import {bearer} from './bearer.ts';

describe('bearer', () => {
  test('adds the token to each request, and masks it in logs', async () => {
    const token = 'ghp_1-2.3~4+5/6==';
    nock(API, {reqheaders: {authorization: `Bearer ${token}`, 'x-version': '7'}})
      .get('/items')
      .reply(200, []);
    const {result, redact} = await withAuth(
      {auth: bearer(token), headers: {'x-version': '7', authorization: 'Basic b2xk'}},
      (http) => http.get('/items'),
    );
    expect(result).toEqual([]);
    expect(redact(`It was ${token}.`)).toBe('It was ****.');
  });

  test.each([
    ['nothing', ''],
    ['a line break at its end', 'ghp_1234\n'],
    ['a space', 'ghp 1234'],
    ['a letter beyond ASCII', 'ghp_1234…'],
  ])('refuses a token with %s, and does not show it', async (_what, token) => {
    expect(await failureOf(() => bearer(token))).toBe(
      'ConfigError: The token in the config is empty, or holds a space, a line break or another character that no ' +
        'token has: paste it again.',
    );
  });
});
