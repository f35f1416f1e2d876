import {describe, expect, test} from '@jest/globals';
import {failureOf} from '../../../test/failure-of.ts';
import {requestTo} from '../../../test/http/transport.ts';
import {openReach} from './reach.ts';

const reachOf = (allowedHosts?: readonly string[], baseUrl?: string) =>
  openReach({...(allowedHosts && {allowedHosts}), ...(baseUrl !== undefined && {baseUrl})});

describe('a list of allowed hosts', () => {
  test.each([
    ['https://api.test/x', ['api.test']],
    ['https://API.TEST:8443/x', ['Api.test']],
    ['https://files.eu.api.test/', ['other.test', '*.api.test']],
    ['http://127.0.0.1:80/', ['127.0.0.1']],
    ['https://anywhere.test/', undefined],
    ['https://anywhere.test/', ['*']],
    ['https://api.test:8443/', ['api.test:8443']],
    ['https://api.test/', ['api.test:443']],
    ['http://files.api.test:8080/', ['*.api.test:8080']],
    ['http://[::1]:8080/', ['::1']],
    ['http://[::1]:8080/', ['[0:0::1]:8080']],
    ['https://xn--bcher-kva.example/', ['bücher.example']],
    ['https://a.xn--bcher-kva.example/', ['*.Bücher.example']],
    ['http://api.test/', ['http://api.test']],
    ['https://my_bucket.s3.amazonaws.com/', ['my_bucket.s3.amazonaws.com']],
  ])('allows %s by %j', (url, hosts) => {
    expect(() => reachOf(hosts).assertAllowed(new URL(url))).not.toThrow();
  });

  test.each([
    ['https://evil.test/', ['api.test']],
    ['https://api.test.evil.test/', ['api.test', '*.api.test']],
    ['https://notapi.test/', ['api.test', '*.api.test']],
    ['https://api.test/', ['*.api.test']],
    ['https://api.test@evil.test/', ['api.test']],
    ['https://api.test/', []],
    ['https://api.test:8443/', ['api.test:443']],
    ['https://api.test/', ['api.test:8443']],
    ['http://api.test/', ['https://api.test']],
    ['https://api.test./', ['api.test']],
  ])('refuses %s by %j', async (url, hosts) => {
    expect(await failureOf(() => reachOf(hosts).assertAllowed(new URL(url)))).toBe(
      `SystemError: ${new URL(url).origin} is not among the hosts that this source may reach (${hosts.join(', ')}), ` +
        'so nothing was sent there. If it should be, add it to `allowedHosts`.',
    );
  });

  test.each([
    'https://files.test/path',
    'files.test/path',
    'ftp://files.test',
    'files test',
    'user@files.test',
    'files.test?x',
    '*files.test',
    'files.*',
    'files.test:port',
    '*.',
    '',
  ])('refuses the entry "%s"', async (entry) => {
    expect(await failureOf(async () => reachOf([entry]))).toBe(
      `SystemError: \`allowedHosts\` has "${entry}", which is not a host. It should look like files.example.com, *.example.com, files.example.com:8443 or http://files.example.com.`,
    );
  });
});

describe('a link', () => {
  test.each([
    ['to the same origin', 'https://api.test', 'https://api.test/2', undefined],
    ['to a listed host', 'https://api.test', 'https://files.test/', ['files.test']],
    [
      'to a listed host at any port',
      'https://api.test',
      'https://files.test:8443/',
      ['files.test'],
    ],
    ['to a listed port', 'https://api.test', 'https://api.test:8443/', ['api.test:8443']],
    ['to a listed subdomain', 'https://api.test', 'https://b.s3.aws.test/', ['*.s3.aws.test']],
    ['to a listed scheme', 'https://api.test', 'http://files.test/', ['http://files.test']],
    ['between http hosts', 'http://api.test', 'http://files.test/', ['files.test']],
    ['to https of its own host', 'http://api.test', 'https://api.test/', undefined],
    ['to https at its own port', 'http://api.test:8080', 'https://api.test:8080/', undefined],
    ['anywhere', 'https://api.test', 'https://files.test/', ['*']],
  ])('%s is followed', (_kind, base, link, hosts) => {
    const {assertLink} = reachOf(hosts, base);
    expect(() => assertLink(requestTo(`${base}/1`), new URL(link), 'continues at')).not.toThrow();
  });

  test.each([
    ['to another host', 'https://api.test', 'https://evil.test/', undefined, 'evil.test'],
    [
      'to a host that is not on the list',
      'https://api.test',
      'https://evil.test',
      ['a.test'],
      'evil.test',
    ],
    ['to its own subdomain', 'https://api.test', 'https://a.api.test', undefined, 'a.api.test'],
    ['to its parent', 'https://api.test', 'https://test', undefined, 'test'],
    ['to another port', 'https://api.test', 'https://api.test:8443', undefined, 'api.test:8443'],
    [
      'to a port that is not listed',
      'https://api.test',
      'https://a.test:22',
      ['a.test:443'],
      'a.test:22',
    ],
    ['to http', 'https://api.test', 'http://a.test', ['a.test'], 'http://a.test'],
    ['to http anywhere', 'https://api.test', 'http://a.test', ['*'], 'http://a.test'],
    [
      'to http at another port',
      'https://api.test',
      'http://api.test:8080',
      ['api.test'],
      'http://api.test:8080',
    ],
    [
      'to https at another port',
      'http://api.test',
      'https://api.test:8443',
      undefined,
      'api.test:8443',
    ],
    [
      'to a name with a dot at its end',
      'https://api.test',
      'https://api.test.',
      undefined,
      'api.test.',
    ],
    ['to a lookalike', 'https://api.test', 'https://аpi.test', undefined, 'xn--pi-6kc.test'],
    [
      'with the host as its user',
      'https://api.test',
      'https://api.test@evil.test',
      undefined,
      'evil.test',
    ],
  ])('%s is refused, and the entry to add is named', async (_kind, base, link, hosts, entry) => {
    const {assertLink} = reachOf(hosts, base);
    const to = new URL(link);
    expect(await failureOf(() => assertLink(requestTo(`${base}/1`), to, 'continues at'))).toBe(
      `ConfigError: GET ${base}/1 continues at ${to.origin}, another origin, so nothing was sent there. If the API has moved, set its new URL in the config. If the host belongs to it, list it in the source: \`allowedHosts: ['${entry}']\` for requests without credentials, \`authOrigins: ['${to.origin}']\` for requests with them.`,
    );
  });
});
