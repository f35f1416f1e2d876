import {describe, expect, test} from '@jest/globals';
import nock from 'nock';
import {failureOf} from '../../../test/failure-of.ts';
import {API, withAuth} from '../../../test/http/authorized.ts';
import {basic} from './basic.ts';
import {bearer} from './bearer.ts';
import {selectAuth} from './select-auth.ts';

type Credentials =
  | {type: 'token'; token: string}
  | {type: 'login'; username: string; password: string};

const choose = (credentials: Credentials) =>
  selectAuth(credentials, 'type', {
    token: ({token}) => bearer(token),
    login: (login) => basic(login),
  });

describe('selectAuth', () => {
  test.each<[string, Credentials]>([
    ['Bearer t-1', {type: 'token', token: 't-1'}],
    ['Basic YTpi', {type: 'login', username: 'a', password: 'b'}],
  ])('sends %s for its option', async (authorization, credentials) => {
    nock(API, {reqheaders: {authorization}}).get('/items').reply(200, []);
    const {result} = await withAuth({auth: choose(credentials)}, (http) => http.get('/items'));
    expect(result).toEqual([]);
  });

  test('names the known options for an unknown one', async () => {
    const unknown: Credentials = JSON.parse('{"type": "toString"}');
    expect(await failureOf(() => choose(unknown))).toBe(
      'ConfigError: type in the config is "toString", but must be one of token, login.',
    );
  });
});
