import {describe, expect, test} from '@jest/globals';
import {openCookieJar} from './cookies.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');

/** A jar after one response for each list of headers. */
const jarWith = (lists: readonly (readonly string[])[], from = 'https://api.test/v1/login') => {
  const jar = openCookieJar(() => NOW);
  for (const setCookies of lists) {
    jar.take({status: 200, headers: {}, setCookies, body: Buffer.alloc(0), url: new URL(from)});
  }
  return jar;
};

const sentTo = (url: string, cookies: readonly string[], from?: string): string =>
  jarWith([cookies], from).headerFor(new URL(url));

describe('a cookie that a response sets', () => {
  test.each<[string, readonly string[], string]>([
    ['a pair alone', ['sid=1'], 'sid=1'],
    ['several', ['a=1', 'b=2; Path=/'], 'a=1; b=2'],
    ['attributes', ['sid=1; Path=/; HttpOnly; Secure; SameSite=Lax'], 'sid=1'],
    ['attributes in lower case', ['sid=1;path=/;secure;httponly'], 'sid=1'],
    ['a date with a comma', ['sid=1; Expires=Fri, 01 Jan 2027 00:00:00 GMT; Path=/'], 'sid=1'],
    ['a date with hyphens', ['sid=1; expires=Fri, 01-Jan-2027 00:00:00 GMT'], 'sid=1'],
    ['a date that has passed', ['sid=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT', 'b=2'], 'b=2'],
    ['a date that cannot be read', ['sid=1; Expires=soon'], 'sid=1'],
    ['an age', ['sid=1; Max-Age=60'], 'sid=1'],
    ['an age of 0', ['sid=1; Max-Age=0'], ''],
    ['an age below 0', ['sid=1; Max-Age=-1'], ''],
    [
      'an age that counts more than a date',
      ['sid=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT'],
      'sid=1',
    ],
    ['an age that cannot be read', ['sid=1; Max-Age=soon'], 'sid=1'],
    ['a value with an equals sign', ['sid=abc==; Path=/'], 'sid=abc=='],
    ['a value in quotes', ['sid="a b"; Path=/'], 'sid="a b"'],
    ['an empty value', ['sid=; Path=/'], 'sid='],
    ['spaces', ['  sid = 1 ;Path=/ '], 'sid=1'],
    ['no name', ['=1', 'alone', ''], ''],
    ['its host as the domain', ['sid=1; Domain=api.test'], 'sid=1'],
    ['a domain with a dot', ['sid=1; Domain=.api.test'], 'sid=1'],
    ['a domain of others', ['sid=1; Domain=evil.test', 'b=2; Domain=x.api.test'], ''],
    ['a path of the request', ['sid=1; Path=/v1'], 'sid=1'],
    ['a path that is longer', ['b=2; Path=/', 'sid=1; Path=/v1/items'], 'sid=1; b=2'],
    ['a path of others', ['sid=1; Path=/v2'], ''],
    ['a path that only begins alike', ['sid=1; Path=/v'], ''],
    ['a path without a slash', ['sid=1; Path=v2'], 'sid=1'],
  ])('with %s is sent as %s', (_what, cookies, expected) => {
    expect(sentTo('https://api.test/v1/items', cookies)).toBe(expected);
  });

  test.each<[string, string, string, string, string]>([
    ['not to a host above', 'https://api.test/', 'sid=1', 'https://login.api.test/', ''],
    ['not to a host below', 'https://login.api.test/', 'sid=1', 'https://api.test/', ''],
    [
      'to a host of its domain',
      'https://x.a.test/',
      'sid=1; Domain=a.test',
      'https://y.a.test/',
      'sid=1',
    ],
    [
      'not to an address that ends alike',
      'http://1.2.3.4/',
      'sid=1; Domain=3.4',
      'http://1.2.3.4/',
      '',
    ],
    [
      'not over http if it is for https',
      'https://api.test/',
      'sid=1; Secure',
      'http://api.test/',
      '',
    ],
    ['over http if it came so', 'http://api.test/', 'sid=1; Secure', 'http://api.test/', 'sid=1'],
    ['to another port', 'http://api.test:81/', 'sid=1', 'http://api.test:82/', 'sid=1'],
  ])('is sent %s', (_where, from, cookie, to, expected) => {
    expect(sentTo(to, [cookie], from)).toBe(expected);
  });

  test.each<[string, readonly (readonly string[])[], string]>([
    ['is replaced by a later one', [['sid=1'], ['sid=2']], 'sid=2'],
    ['is deleted by an age', [['sid=1', 'b=2'], ['sid=deleted; Max-Age=0']], 'b=2'],
    ['is deleted by a date', [['sid=1'], ['sid=; Expires=Thu, 01 Jan 1970 00:00:00 GMT']], ''],
    [
      'is kept beside one of another path',
      [['sid=1; Path=/'], ['sid=2; Path=/v1']],
      'sid=2; sid=1',
    ],
  ])('%s', (_how, lists, expected) => {
    expect(jarWith(lists).headerFor(new URL('https://api.test/v1/items'))).toBe(expected);
  });
});
