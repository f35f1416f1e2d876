import {describe, expect, test} from '@jest/globals';
import {type Quota, quotasIn} from './quota-headers.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');

const quotas = (headers: Readonly<Record<string, string>>) =>
  quotasIn({status: 200, headers, body: Buffer.alloc(0), url: new URL('https://api.test/')}, NOW);

const quota = (limit: number | undefined, remaining: number, reset: number, name = ''): Quota => ({
  name,
  limit,
  remaining,
  reset,
});

describe('RateLimit as a structured field', () => {
  test.each<[string, string | undefined, readonly Quota[]]>([
    ['"default";r=50;t=30', '"default";q=100;w=60', [quota(100, 50, 30_000, 'default')]],
    ['default;r=50;t=30', 'default;q=100;w=60', [quota(100, 50, 30_000, 'default')]],
    ['"default" ; r=50 ; t=30', undefined, [quota(undefined, 50, 30_000, 'default')]],
    [
      '"burst";r=5;t=3, "day, all";r=9;t=4000',
      '"burst";q=100;w=60, "day, all";q=5000;w=86400',
      [quota(100, 5, 3_000, 'burst'), quota(5000, 9, 4_000_000, 'day, all')],
    ],
    ['"a";r=0;t=7;pk=:cHNsZWVwMTQ=:', '"a";q=10;w=60;qu="requests"', [quota(10, 0, 7_000, 'a')]],
    ['"a";r=5;t=7', '"a";q=10;w=60;qu="content-bytes"', []],
    ['"a";r=5', '"a";q=10;w=60', []],
    ['"a";t=5', '"a";q=10;w=60', []],
    ['"a";r=5;t=0', '"a";q=10;w=60', []],
    ['limit=100, remaining=50, reset=30', '100;w=60', [quota(100, 50, 30_000)]],
    ['nonsense', undefined, []],
    ['', '', []],
    ['";;,="', '=,;', []],
  ])('of %s with policy %s', (ratelimit, policy, expected) => {
    expect(quotas({ratelimit, ...(policy && {'ratelimit-policy': policy})})).toEqual(expected);
  });
});

describe.each([['ratelimit-'], ['x-ratelimit-']])('%s limit, remaining and reset', (prefix) => {
  test.each<[string | undefined, string | undefined, string | undefined, readonly Quota[]]>([
    ['100', '50', '30', [quota(100, 50, 30_000)]],
    ['100', '50', String(NOW / 1000 + 30), [quota(100, 50, 30_000)]],
    ['100', '50', String(NOW + 30_000), [quota(100, 50, 30_000)]],
    ['100', '50', '2026-01-01T00:00:30Z', [quota(100, 50, 30_000)]],
    ['100', '50', 'Thu, 01 Jan 2026 00:00:30 GMT', [quota(100, 50, 30_000)]],
    ['100, 100;w=60, 5000;w=3600', '50', '30', [quota(100, 50, 30_000)]],
    ['100;w=60', '50', '0.5', [quota(100, 50, 500)]],
    [undefined, '0', '30', [quota(undefined, 0, 30_000)]],
    ['many', '0', '30', [quota(undefined, 0, 30_000)]],
    ['100', undefined, '30', []],
    ['100', '50', undefined, []],
    ['100', '-1', '30', []],
    ['100', '50', '0', []],
    ['100', '50', 'soon', []],
    ['100', '50', String(NOW / 1000 - 30), []],
  ])('of %s, %s and %s', (limit, remaining, reset, expected) => {
    expect(
      quotas({
        ...(limit && {[`${prefix}limit`]: limit}),
        ...(remaining && {[`${prefix}remaining`]: remaining}),
        ...(reset && {[`${prefix}reset`]: reset}),
      }),
    ).toEqual(expected);
  });
});

describe('the headers of an answer', () => {
  test("are measured by the server's own clock", () => {
    expect(
      quotas({
        date: 'Thu, 01 Jan 2026 10:00:00 GMT',
        'x-ratelimit-limit': '60',
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': String(Date.parse('2026-01-01T10:00:09Z') / 1000),
      }),
    ).toEqual([quota(60, 0, 9_000)]);
  });

  test('count in their newest form', () => {
    expect(
      quotas({
        ratelimit: '"a";r=5;t=7',
        'ratelimit-limit': '3',
        'ratelimit-remaining': '2',
        'ratelimit-reset': '1',
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': '60',
      }),
    ).toEqual([quota(undefined, 5, 7_000, 'a')]);
  });

  test('may say nothing', () => {
    expect(quotas({'content-type': 'application/json'})).toEqual([]);
  });
});
