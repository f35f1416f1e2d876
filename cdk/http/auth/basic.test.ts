import {describe, expect, test} from '@jest/globals';
import nock from 'nock';
import {failureOf} from '../../../test/failure-of.ts';
import {API, withAuth} from '../../../test/http/authorized.ts';
import {basic} from './basic.ts';

describe('basic', () => {
  test.each([
    // The examples of RFC 7617 §2 and §2.1. The password of the second has a pound sign in UTF-8.
    ['Aladdin', 'open sesame', 'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=='],
    ['test', '123£', 'Basic dGVzdDoxMjPCow=='],
    ['sk_live_1', '', 'Basic c2tfbGl2ZV8xOg=='],
    ['admin', 'a:b', 'Basic YWRtaW46YTpi'],
  ])('sends %s and "%s" as %s', async (username, password, authorization) => {
    nock(API, {reqheaders: {authorization}}).get('/items').reply(200, []);
    const {result, redact} = await withAuth({auth: basic({username, password})}, (http) =>
      http.get('/items'),
    );
    expect(result).toEqual([]);
    expect(redact(authorization)).toBe('Basic ****');
    expect(redact(`[${password || username}]`)).toBe('[****]');
  });

  test('does not mask the user name in logs if there is a password', async () => {
    nock(API).get('/items').reply(200, []);
    const auth = basic({username: 'alice', password: 'hush'});
    const {redact} = await withAuth({auth}, (http) => http.get('/items'));
    expect(redact('alice has no access')).toBe('alice has no access');
  });

  test.each([
    [
      'a line break',
      {username: 'admin', password: 'hush\n'},
      'ConfigError: The user name or the password in the config holds a line break or another control character: paste it again.',
    ],
    [
      'a colon in the name',
      {username: 'ad:min', password: 'hush'},
      'ConfigError: The user name in the config holds a colon, which Basic authentication cannot send: the part after it may belong to the password.',
    ],
  ])('refuses %s', async (_what, credentials, expected) => {
    expect(await failureOf(() => basic(credentials))).toBe(expected);
  });
});
