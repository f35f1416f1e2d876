import {describe, expect, test} from '@jest/globals';
import {type Quota, quotasIn} from './quota-headers.ts';
import type {HeaderSet} from './vendor-headers.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');

const quotas = (headers: Readonly<Record<string, string>>, own?: readonly HeaderSet[]) =>
  quotasIn(
    {status: 200, headers, body: Buffer.alloc(0), url: new URL('https://api.test/')},
    NOW,
    own,
  );

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

describe('the headers of a response', () => {
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

  test('are read in their newest form', () => {
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

  test('may contain no quota', () => {
    expect(quotas({'content-type': 'application/json'})).toEqual([]);
  });
});

describe('headers of a single vendor', () => {
  test.each<[string, Readonly<Record<string, string>>, readonly Quota[]]>([
    [
      'Okta',
      {
        'x-rate-limit-limit': '1200',
        'x-rate-limit-remaining': '1199',
        'x-rate-limit-reset': String(NOW / 1000 + 30),
      },
      [quota(1200, 1199, 30_000, 'x-rate-limit-remaining')],
    ],
    [
      'Alegra',
      {
        'x-rate-limit-limit': '150',
        'x-rate-limit-remaining': '50',
        'x-rate-limit-reset': '12',
      },
      [quota(150, 50, 12_000, 'x-rate-limit-remaining')],
    ],
    [
      'RapidAPI',
      {
        'x-ratelimit-requests-limit': '240000',
        'x-ratelimit-requests-remaining': '205676',
        'x-ratelimit-requests-reset': '2163603',
      },
      [quota(240_000, 205_676, 2_163_603_000, 'x-ratelimit-requests-remaining')],
    ],
    [
      'Linear',
      {
        'x-ratelimit-requests-limit': '5000',
        'x-ratelimit-requests-remaining': '4999',
        'x-ratelimit-requests-reset': String(NOW + 3_600_000),
      },
      [quota(5000, 4999, 3_600_000, 'x-ratelimit-requests-remaining')],
    ],
    [
      'Brevo',
      {
        'x-sib-ratelimit-limit': '1000',
        'x-sib-ratelimit-remaining': '998',
        'x-sib-ratelimit-reset': '60',
      },
      [quota(1000, 998, 60_000, 'x-sib-ratelimit-remaining')],
    ],
    [
      'HubSpot',
      {
        'x-hubspot-ratelimit-daily': '250000',
        'x-hubspot-ratelimit-daily-remaining': '249000',
        'x-hubspot-ratelimit-interval-milliseconds': '10000',
        'x-hubspot-ratelimit-max': '190',
        'x-hubspot-ratelimit-remaining': '188',
      },
      [quota(190, 188, 10_000, 'x-hubspot-ratelimit-remaining')],
    ],
    [
      'Zendesk',
      {'x-rate-limit': '700', 'x-rate-limit-remaining': '699'},
      [quota(700, 699, 60_000, 'x-rate-limit-remaining')],
    ],
    [
      "Zendesk's lists, which have the reset",
      {
        'x-rate-limit': '700',
        'ratelimit-limit': '700',
        'x-rate-limit-remaining': '699',
        'ratelimit-remaining': '699',
        'ratelimit-reset': '41',
        'zendesk-ratelimit-tickets-index': 'total=100; remaining=99; resets=41',
      },
      [quota(700, 699, 41_000)],
    ],
    [
      'Xero',
      {
        'x-daylimit-remaining': '4999',
        'x-minlimit-remaining': '59',
        'x-appminlimit-remaining': '9999',
      },
      [
        quota(60, 59, 60_000, 'x-minlimit-remaining'),
        quota(10_000, 9_999, 60_000, 'x-appminlimit-remaining'),
      ],
    ],
    [
      'Shopify',
      {'x-shopify-shop-api-call-limit': '32/40'},
      [quota(40, 8, 16_000, 'x-shopify-shop-api-call-limit')],
    ],
    ['Shopify, with an empty bucket', {'x-shopify-shop-api-call-limit': '0/40'}, []],
    ['Shopify, with something else', {'x-shopify-shop-api-call-limit': 'none'}, []],
    [
      'Jira, whose reset has no seconds',
      {
        'x-ratelimit-limit': '350',
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': '2026-01-01T00:03Z',
      },
      [quota(350, 0, 180_000)],
    ],
    ['Salesforce, whose day has no end', {'sforce-limit-info': 'api-usage=18/5000'}, []],
  ])('of %s', (_vendor, headers, expected) => {
    expect(quotas(headers)).toEqual(expected);
  });
});

describe('headers that the author names', () => {
  const named = (unit?: HeaderSet['unit']): readonly HeaderSet[] => [
    {limit: 'X-My-Limit', remaining: 'X-My-Left', reset: 'X-My-Reset', ...(unit && {unit})},
  ];

  test.each<[HeaderSet['unit'], string, readonly number[]]>([
    [undefined, '30', [30_000]],
    [undefined, String(NOW / 1000 + 30), [30_000]],
    [undefined, '2026-01-01T00:00:30Z', [30_000]],
    ['s', '30', [30_000]],
    ['s', '2000000000', [2_000_000_000_000]],
    ['ms', '600000', [600_000]],
    ['epoch-s', String(NOW / 1000 + 30), [30_000]],
    ['epoch-ms', String(NOW + 30_000), [30_000]],
    ['iso', '2026-01-01T00:00:30Z', [30_000]],
    ['iso', '30', []],
    ['ms', '2026-01-01T00:00:30Z', []],
    ['epoch-s', 'soon', []],
    ['epoch-ms', 'soon', []],
  ])('have a reset in %s: %s', (unit, reset, expected) => {
    const headers = {'x-my-limit': '100', 'x-my-left': '50', 'x-my-reset': reset};
    expect(quotas(headers, named(unit))).toEqual(
      expected.map((ms) => quota(100, 50, ms, 'x-my-left')),
    );
  });

  test('are read before all others', () => {
    const headers = {
      'ratelimit-remaining': '5',
      'ratelimit-reset': '3',
      'x-my-left': '50',
      'x-my-reset': '7',
    };
    const own = [{remaining: 'x-my-left', reset: 'x-my-reset'}];
    expect(quotas(headers, own)).toEqual([quota(undefined, 50, 7_000, 'x-my-left')]);
    expect(quotas({...headers, 'x-my-left': ''}, own)).toEqual([quota(undefined, 5, 3_000)]);
  });
});
