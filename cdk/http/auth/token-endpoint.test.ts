import {describe, expect, test} from '@jest/globals';
import nock from 'nock';
import {API, withAuth} from '../../../test/http/authorized.ts';
import {oauth2} from './oauth2.ts';

const LOGIN = 'https://login.test';

const auth = oauth2({
  tokenUrl: `${LOGIN}/token`,
  client: {id: 'app', secret: 'se-cr+et/1'},
  grant: {refreshToken: 'refresh-1'},
});

describe('a token response that departs from the standard is used', () => {
  const HOUR = 3_600_000;

  test.each<[string, object | string, boolean]>([
    ['a scope that is a list', {scope: ['a', 'b'], expires_in: 3_600}, true],
    ['a scope that is null', {scope: null, expires_in: 3_600}, true],
    ['a scope that is an object', {scope: {a: true}, expires_in: 3_600}, true],
    ['a refresh token that is null', {refresh_token: null, expires_in: 3_600}, true],
    ['a refresh token that is empty', {refresh_token: '', expires_in: 3_600}, true],
    ['a refresh token that is false', {refresh_token: false, expires_in: 3_600}, true],
    ['a life that is a string', {expires_in: '3600'}, true],
    ['a life with a fraction in a string', {expires_in: '3600.0'}, true],
    ['a life with spaces', {expires_in: ' 3600 '}, true],
    ['a token type that is null', {token_type: null, expires_in: 3_600}, true],
    ['a token type of its own', {token_type: 'BearerToken', expires_in: 3_600}, true],
    ['an ID token that is null', {id_token: null, expires_in: 3_600}, true],
    ['an error that is null', {error: null, expires_in: 3_600}, true],
    ['an error that is empty', {error: '', error_description: '', expires_in: 3_600}, true],
    ['a form', 'access_token=access-1&scope=a%20b&token_type=bearer&expires_in=3600', true],
    ['no life', {}, false],
    ['a life that is null', {expires_in: null}, false],
    ['a life that is empty', {expires_in: ''}, false],
    ['a life of 0', {expires_in: 0}, false],
    ['a life below 0', {expires_in: -1}, false],
    ['a life in words', {expires_in: 'never'}, false],
    ['a life that is an object', {expires_in: {seconds: 1}}, false],
    ['a life that is true', {expires_in: true}, false],
  ])('with %s', async (_what, grant, expires) => {
    let issued = 0;
    nock(LOGIN)
      .post('/token')
      .times(2)
      .reply(200, () => {
        issued += 1;
        return typeof grant === 'string' ? grant : {access_token: `access-${issued}`, ...grant};
      });
    const authorization = /^Bearer access-/;
    nock(API, {reqheaders: {authorization: (value) => authorization.test(String(value))}})
      .get('/items')
      .times(2)
      .reply(200, []);
    await withAuth({auth}, async (http, wait) => {
      await http.get('/items');
      await wait(HOUR);
      await http.get('/items');
    });
    expect(issued).toBe(expires ? 2 : 1);
  });
});
