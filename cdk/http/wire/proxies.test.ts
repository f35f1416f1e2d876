import {describe, expect, test} from '@jest/globals';
import {failureOf} from '../../../test/failure-of.ts';
import {openProxies, proxySecrets} from './proxies.ts';

const chosen = (env: Record<string, string>, url = 'http://api.test/') =>
  openProxies(undefined, env)(new URL(url));

const SHAPE =
  'it should look like http://proxy.example.com:3128, or http://user:password@proxy.example.com:3128 with special characters of the password in percent-encoding.';

describe('a proxy in the environment', () => {
  test.each([
    ['proxy.test:3128', 'http://proxy.test:3128'],
    ['proxy.test', 'http://proxy.test'],
    ['http://proxy.test:3128', 'http://proxy.test:3128'],
    ['http://proxy.test:3128/', 'http://proxy.test:3128'],
    ['HTTP://Proxy.Test:3128', 'http://proxy.test:3128'],
    ['https://proxy.test', 'https://proxy.test'],
    ['  http://proxy.test:3128 ', 'http://proxy.test:3128'],
    ['10.0.0.1:8080', 'http://10.0.0.1:8080'],
    ['[::1]:3128', 'http://[::1]:3128'],
    ['localhost:3128', 'http://localhost:3128'],
  ])('may be "%s"', (value, url) => {
    expect(chosen({HTTP_PROXY: value})).toEqual({url, name: `the proxy ${url} (HTTP_PROXY)`});
  });

  test.each([
    ['tap:hush@proxy.test:3128', 'tap:hush'],
    ['http://tap:p%40ss%3A%2F@proxy.test:3128', 'tap:p@ss:/'],
    ['http://tap:p@ss@proxy.test:3128', 'tap:p@ss'],
    ['http://tap:50%@proxy.test:3128', 'tap:50%'],
    ['http://DOMAIN%5Ctap:hush@proxy.test:3128', 'DOMAIN\\tap:hush'],
    ['http://tap@proxy.test:3128', 'tap:'],
    ['http://:hush@proxy.test:3128', ':hush'],
  ])('may have a user and a password: "%s"', (value, credentials) => {
    expect(chosen({HTTP_PROXY: value})).toEqual({
      url: 'http://proxy.test:3128',
      token: `Basic ${Buffer.from(credentials).toString('base64')}`,
      name: 'the proxy http://proxy.test:3128 (HTTP_PROXY)',
    });
  });

  test.each([
    [{http_proxy: 'a.test', HTTP_PROXY: 'b.test'}, 'http', 'a.test'],
    [{http_proxy: '', HTTP_PROXY: 'b.test'}, 'http', 'b.test'],
    [{https_proxy: 'a.test', HTTPS_PROXY: 'b.test', HTTP_PROXY: 'c.test'}, 'https', 'a.test'],
    [{HTTPS_PROXY: 'b.test', ALL_PROXY: 'c.test'}, 'https', 'b.test'],
    [{HTTPS_PROXY: 'b.test'}, 'http', undefined],
    [{HTTP_PROXY: 'b.test'}, 'https', 'b.test'],
    [{ALL_PROXY: 'c.test'}, 'http', 'c.test'],
    [{all_proxy: 'c.test'}, 'https', 'c.test'],
    [{HTTP_PROXY: ' ', ALL_PROXY: ''}, 'http', undefined],
    [{}, 'https', undefined],
  ])('is chosen from %j for %s', (env, scheme, expected) => {
    const proxy = chosen(env, `${scheme}://api.test/`);
    expect(proxy && new URL(proxy.url).hostname).toBe(expected);
  });

  test.each([
    [
      'socks5://tap:hush@proxy.test:1080',
      `is a SOCKS proxy (socks5://), which can't be used here. Set an HTTP proxy: ${SHAPE}`,
    ],
    [
      'socks5h://proxy.test:1080',
      `is a SOCKS proxy (socks5h://), which can't be used here. Set an HTTP proxy: ${SHAPE}`,
    ],
    [
      'socks4://proxy.test',
      `is a SOCKS proxy (socks4://), which can't be used here. Set an HTTP proxy: ${SHAPE}`,
    ],
    ['ftp://proxy.test', `is not the URL of an HTTP proxy: ${SHAPE}`],
    ['http://tap:hu#sh@proxy.test:3128', `is not the URL of a proxy: ${SHAPE}`],
    ['http://', `is not the URL of a proxy: ${SHAPE}`],
    ['proxy.test:port', `is not the URL of a proxy: ${SHAPE}`],
    ['proxy test:3128', `is not the URL of a proxy: ${SHAPE}`],
    [
      'http://proxy.test/proxy.pac',
      `is the URL of a script that chooses proxies, which can't be used here: ${SHAPE}`,
    ],
  ])('cannot be "%s", and the message has no password', async (value, why) => {
    expect(await failureOf(async () => chosen({HTTPS_PROXY: value}, 'https://api.test'))).toBe(
      `ConfigError: HTTPS_PROXY in the environment ${why}`,
    );
    const config = openProxies({url: value}, {});
    expect(await failureOf(async () => config(new URL('https://api.test')))).toBe(
      `ConfigError: The proxy in the config ${why}`,
    );
  });
});

describe('NO_PROXY', () => {
  const isDirect = (exceptions: string, url: string): boolean =>
    chosen({HTTP_PROXY: 'proxy.test', NO_PROXY: exceptions}, url) === undefined;

  test.each([
    ['*', 'http://api.test'],
    ['a.test, *', 'http://api.test'],
    ['api.test', 'http://api.test'],
    ['API.Test', 'http://api.test'],
    ['api.test', 'http://eu.api.test'],
    ['.api.test', 'http://eu.api.test'],
    ['.api.test', 'http://api.test'],
    ['*.api.test', 'http://eu.api.test'],
    ['api.test', 'http://api.test.'],
    ['api.test.', 'http://api.test'],
    ['api.test:8080', 'http://api.test:8080'],
    ['api.test:443', 'https://api.test'],
    ['a.test,api.test', 'http://api.test'],
    [' a.test ,  api.test ', 'http://api.test'],
    ['a.test api.test', 'http://api.test'],
    ['a.test\tapi.test', 'http://api.test'],
    ['10.1.2.3', 'http://10.1.2.3'],
    ['10.0.0.0/8', 'http://10.1.2.3:8080'],
    ['192.168.1.7/32', 'http://192.168.1.7'],
    ['0.0.0.0/0', 'http://8.8.8.8'],
    ['::1', 'http://[::1]:8080'],
    ['[::1]', 'http://[::1]'],
    ['[::1]:8080', 'http://[::1]:8080'],
    ['0:0:0:0:0:0:0:1', 'http://[::1]'],
    ['fd00::/8', 'http://[fd12::7]'],
    ['localhost', 'http://localhost:3000'],
  ])('"%s" excepts %s', (exceptions, url) => {
    expect(isDirect(exceptions, url)).toBe(true);
  });

  test.each([
    ['', 'http://api.test'],
    [' , ', 'http://api.test'],
    ['*.api.test', 'http://api.test'],
    ['api.test', 'http://notapi.test'],
    ['pi.test', 'http://api.test'],
    ['api.test:8080', 'http://api.test'],
    ['api.test:443', 'http://api.test'],
    ['10.0.0.0/8', 'http://11.0.0.1'],
    ['10.0.0.0/8', 'http://api.test'],
    ['0.0.1', 'http://10.0.0.1'],
    ['[::1]:8080', 'http://[::1]'],
    ['fd00::/8', 'http://[fe00::7]'],
  ])('"%s" does not except %s', (exceptions, url) => {
    expect(isDirect(exceptions, url)).toBe(false);
  });

  test('in small letters comes first, and `except` of a proxy in the config replaces it', () => {
    const env = {HTTP_PROXY: 'proxy.test', no_proxy: 'api.test', NO_PROXY: 'other.test'};
    const config = openProxies({url: 'proxy.test', except: 'third.test'}, env);
    expect([
      chosen(env)?.url,
      chosen(env, 'http://other.test')?.url,
      config(new URL('http://api.test'))?.name,
      config(new URL('http://third.test'))?.name,
    ]).toEqual([undefined, 'http://proxy.test', 'the proxy http://proxy.test (config)', undefined]);
  });

  test.each(['10.0.0.0/33', '10.0.0.0/', 'http://api.test', 'api.test/24', 'fd00::/129'])(
    'cannot have "%s"',
    async (entry) => {
      expect(await failureOf(async () => isDirect(`a.test,${entry}`, 'http://api.test'))).toBe(
        `ConfigError: NO_PROXY in the environment has "${entry}", which is neither a host nor a range of addresses. It should look like localhost,.example.com,10.0.0.0/8.`,
      );
    },
  );
});

test('the passwords of all proxies are secrets', () => {
  const login = (text: string): string => Buffer.from(text).toString('base64');
  expect([
    proxySecrets({url: 'http://tap:p%40ss@proxy.test:3128'}),
    proxySecrets({url: 'tap:hush@proxy.test:3128'}),
    proxySecrets({url: 'http://proxy.test:3128'}),
    proxySecrets(undefined, {}),
    proxySecrets(undefined, {
      https_proxy: 'tap:one@proxy.test',
      ALL_PROXY: 'socks5://tap:two@a.test',
    }),
  ]).toEqual([
    ['p%40ss', 'p@ss', login('tap:p@ss')],
    ['hush', login('tap:hush')],
    [],
    [],
    ['two', login('tap:two'), 'one', login('tap:one')],
  ]);
});
