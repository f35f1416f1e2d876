import {describe, expect, test} from '@jest/globals';
import {requestedWait} from './retry-after.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');

const waitFor = (headers: Readonly<Record<string, string>>) =>
  requestedWait(
    {status: 429, headers, body: Buffer.alloc(0), url: new URL('https://api.test/')},
    NOW,
  );

describe('Retry-After', () => {
  test.each([
    ['30', 30_000],
    [' 1.5 ', 1_500],
    ['Thu, 01 Jan 2026 00:00:05 GMT', 5_000],
    ['Thursday, 01-Jan-26 00:00:05 GMT', 5_000],
    ['2026-01-01T00:00:05Z', 5_000],
    ['2026-01-01T01:00:05+01:00', 5_000],
    // The moment, as at Cloud Foundry: https://github.com/cloudfoundry/cloud_controller_ng/issues/2544
    [String(NOW / 1_000 + 7), 7_000],
    [`${NOW / 1_000 + 7}.5`, 7_500],
    [String(NOW + 7_000), 7_000],
    [`${NOW + 7_000}.25`, 7_000.25],
    ['"30"', 30_000],
    ['60, 60', 60_000],
    ['5, 60', 60_000],
    [`${NOW / 1_000 + 7}, ${NOW / 1_000 + 7}`, 7_000],
    ['5 s', 5_000],
    ['30s', 30_000],
    ['1500ms', 1_500],
    ['1 minute', 60_000],
    ['2 Hours', 7_200_000],
    ['00:01:30', 90_000],
    ['86400', 86_400_000],
  ])('of "%s" requests %d ms', (value, expected) => {
    expect(waitFor({'retry-after': value})).toBe(expected);
  });

  test.each([
    ['0'],
    ['-1'],
    ['+5'],
    ['1e3'],
    [''],
    ['soon'],
    ['in 5'],
    ['5 parsecs'],
    ['60, soon'],
    ['60 60'],
    [String(NOW / 1_000 - 7)],
    [String(NOW - 7_000)],
    ['00:61:00'],
    ['"'],
    [`${'0'.repeat(200)}5`],
    ['NaN'],
    ['Infinity'],
    ['2026-02-30'],
    ['yesterday GMT'],
    ['Wed, 31 Dec 2025 23:59:59 GMT'],
  ])('of "%s" requests nothing', (value) => {
    expect(waitFor({'retry-after': value})).toBeUndefined();
  });

  test("as an epoch moment is measured by the server's own clock", () => {
    const headers = {
      date: 'Thu, 01 Jan 2026 10:00:00 GMT',
      'retry-after': String(Date.parse('2026-01-01T10:00:07Z') / 1_000),
    };
    expect(waitFor(headers)).toBe(7_000);
  });

  test.each([
    ['58', '60000', 60_000],
    [String(NOW / 1_000 + 58), '60000', 60_000],
    // A day, since nothing says otherwise.
    ['3600', '86400', 86_400_000],
    ['', '60000', 60_000_000],
  ])('beside a reset of "%s", %s is a wait of %d ms', (reset, value, expected) => {
    expect(waitFor({'retry-after': value, 'x-ratelimit-reset': reset})).toBe(expected);
  });

  test.each([
    [{'retry-after-ms': '1500'}, 1_500],
    [{'x-ms-retry-after-ms': '20'}, 20],
    [{'x-retry-after': '5'}, 5_000],
    [{'x-ratelimit-retry-after': String(NOW / 1_000 + 7)}, 7_000],
    [{'x-rate-limit-retry-after-seconds': '9'}, 9_000],
    [{'retry-after': '2', 'retry-after-ms': '1500'}, 2_000],
    [{'retry-after-ms': 'soon'}, undefined],
  ])('has other names: %j', (headers, expected) => {
    expect(waitFor(headers as Readonly<Record<string, string>>)).toBe(expected);
  });

  test("as a date is measured by the server's own clock", () => {
    const headers = {
      date: 'Thu, 01 Jan 2026 10:00:00 GMT',
      'retry-after': 'Thu, 01 Jan 2026 10:00:07 GMT',
    };
    expect(waitFor(headers)).toBe(7_000);
  });

  test('as a date is measured by our clock if the server sends no readable time', () => {
    const headers = {date: '0', 'retry-after': 'Thu, 01 Jan 2026 00:00:07 GMT'};
    expect(waitFor(headers)).toBe(7_000);
  });

  test('takes precedence over X-RateLimit-Reset', () => {
    const headers = {
      'retry-after': '5',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': String(NOW / 1000 + 60),
    };
    expect(waitFor(headers)).toBe(5_000);
  });

  test('without a readable value leaves the wait to X-RateLimit-Reset', () => {
    const headers = {
      'retry-after': 'soon',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': String(NOW / 1000 + 60),
    };
    expect(waitFor(headers)).toBe(60_000);
  });
});

describe('X-RateLimit-Reset', () => {
  test.each([
    ['epoch seconds', String(NOW / 1000 + 60)],
    ['epoch milliseconds', String(NOW + 60_000)],
    ['seconds from now', '60'],
    ['a date, as Jira does', '2026-01-01T00:01Z'],
  ])('in %s requests a wait until then if nothing remains', (_unit, reset) => {
    expect(waitFor({'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset})).toBe(60_000);
  });

  test("is measured by the server's own clock", () => {
    const headers = {
      date: 'Thu, 01 Jan 2026 10:00:00 GMT',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': String(Date.parse('2026-01-01T10:00:09Z') / 1000),
    };
    expect(waitFor(headers)).toBe(9_000);
  });

  test.each([
    ['something remains', {'x-ratelimit-remaining': '1', 'x-ratelimit-reset': '60'}],
    ['the remaining quota is unknown', {'x-ratelimit-reset': '60'}],
    ['it is past', {'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(NOW / 1000 - 1)}],
    ['it is not a number', {'x-ratelimit-remaining': '0', 'x-ratelimit-reset': 'NaN'}],
    ['it is missing', {'x-ratelimit-remaining': '0'}],
  ])('requests nothing if %s', (_case, headers) => {
    expect(waitFor(headers)).toBeUndefined();
  });
});
