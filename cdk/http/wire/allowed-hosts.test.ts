import {describe, expect, test} from '@jest/globals';
import {failureOf} from '../../../test/failure-of.ts';
import {assertAllowed} from './allowed-hosts.ts';

describe('a list of allowed hosts', () => {
  test.each([
    ['https://api.test/x', ['api.test']],
    ['https://API.TEST:8443/x', ['Api.test']],
    ['https://files.eu.api.test/', ['other.test', '*.api.test']],
    ['http://127.0.0.1:80/', ['127.0.0.1']],
    ['https://anywhere.test/', undefined],
  ])('allows %s by %j', (url, hosts) => {
    expect(() => assertAllowed(new URL(url), hosts)).not.toThrow();
  });

  test.each([
    ['https://evil.test/', ['api.test']],
    ['https://api.test.evil.test/', ['api.test', '*.api.test']],
    ['https://notapi.test/', ['api.test', '*.api.test']],
    ['https://api.test/', ['*.api.test']],
    ['https://api.test@evil.test/', ['api.test']],
    ['https://api.test/', []],
  ])('refuses %s by %j', async (url, hosts) => {
    expect(await failureOf(() => assertAllowed(new URL(url), hosts))).toBe(
      `SystemError: ${new URL(url).origin} is not among the hosts that this source may reach (${hosts.join(', ')}), ` +
        'so nothing was sent there. If it should be, add it to `allowedHosts`.',
    );
  });
});
