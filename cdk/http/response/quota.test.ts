import {describe, expect, test} from '@jest/globals';
import nock from 'nock';
import {failureOf} from '../../../test/failure-of.ts';
import {API, withAuth} from '../../../test/http/authorized.ts';
import {actionOf} from './action.ts';
import {isOverQuota} from './quota.ts';

type Body = string | object;

const responseOf = (
  status: number,
  body: Body,
  headers: Readonly<Record<string, string>> = {},
) => ({
  status,
  headers,
  body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
  url: new URL('https://api.test/items'),
});

const google = (reason: string, domain = 'usageLimits') => ({
  error: {code: 403, message: 'Refused.', errors: [{domain, reason, message: 'Refused.'}]},
});

const meta = (code: number) => ({
  error: {message: 'No.', type: 'OAuthException', code, fbtrace_id: 'A1'},
});

describe('a refusal over a quota is', () => {
  test.each<[string, number, Body, Readonly<Record<string, string>>?]>([
    // https://developers.google.com/workspace/drive/api/guides/handle-errors
    ...[
      'userRateLimitExceeded',
      'rateLimitExceeded',
      'dailyLimitExceeded',
      'dailyLimitExceededUnreg',
      'userRateLimitExceededUnreg',
      'quotaExceeded',
      'concurrentLimitExceeded',
      'variableTermExpiredDailyExceeded',
      'servingLimitExceeded',
      'sharingRateLimitExceeded',
    ].map((reason): [string, number, Body] => [`Google's ${reason}`, 403, google(reason)]),
    ["Google's status", 403, {error: {code: 403, message: 'No.', status: 'RESOURCE_EXHAUSTED'}}],
    [
      // https://cloud.google.com/apis/design/errors#error_info
      "Google's ErrorInfo",
      403,
      {error: {code: 403, message: 'No.', details: [{reason: 'RATE_LIMIT_EXCEEDED'}]}},
    ],
    ['Google, in a list', 403, [google('rateLimitExceeded')]],
    // https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm
    [
      "Salesforce's REQUEST_LIMIT_EXCEEDED",
      403,
      [{message: 'TotalRequests Limit exceeded.', errorCode: 'REQUEST_LIMIT_EXCEEDED'}],
    ],
    ["NetSuite's code", 403, {error: {code: 'SSS_REQUEST_LIMIT_EXCEEDED', message: 'No.'}}],
    [
      "NetSuite's concurrency",
      400,
      {
        'o:errorDetails': [{'o:errorCode': 'CONCURRENCY_LIMIT_EXCEEDED'}],
        code: 'CONCURRENCY_LIMIT_EXCEEDED',
      },
    ],
    // https://developers.facebook.com/docs/graph-api/overview/rate-limiting#error-codes
    ...[4, 17, 32, 613, 80000, 80004, 80014].map((code): [string, number, Body] => [
      `Meta's ${code}`,
      code === 4 ? 403 : 400,
      meta(code),
    ]),
    // https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
    ["AWS' ThrottlingException", 400, {__type: 'ThrottlingException', message: 'Rate exceeded'}],
    [
      'AWS with a namespace',
      400,
      {__type: 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException'},
    ],
    [
      'AWS in XML',
      400,
      '<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code></Error></ErrorResponse>',
    ],
    ['AWS in a header', 403, '', {'x-amzn-errortype': 'ThrottlingException:http://internal'}],
    [
      "AWS' RequestLimitExceeded",
      400,
      '<Response><Errors><Error><Code>RequestLimitExceeded</Code></Error></Errors></Response>',
    ],
    // https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
    [
      "GitHub's secondary limit without a header",
      403,
      {message: 'You have exceeded a secondary rate limit. Please wait a few minutes.'},
    ],
    ["GitHub's limit without a header", 403, {message: 'API rate limit exceeded for user ID 1.'}],
    [
      "Bitly's",
      403,
      {
        message: 'RATE_LIMIT_EXCEEDED',
        description: 'x',
        errors: [{error_code: 'RATE_LIMIT_EXCEEDED'}],
      },
    ],
    ["Foursquare's", 403, {meta: {code: 403, errorType: 'rate_limit_exceeded'}}],
    [
      "Stack Exchange's",
      400,
      {error_id: 502, error_name: 'throttle_violation', error: 'throttle_violation'},
    ],
    ["Eventbrite's", 403, {error: 'HIT_RATE_LIMIT', status_code: 403}],
    [
      "QuickBooks'",
      403,
      {fault: {error: [{message: 'ThrottleExceeded', code: 'ThrottleExceeded'}]}},
    ],
    // https://developer.mashery.com/docs/read/mashery_api/20_reporting/Error_Codes
    ["Mashery's page", 403, '<h1>Developer Over Qps</h1>', {'content-type': 'text/xml'}],
    ["Mashery's header", 403, '', {'x-mashery-error-code': 'ERR_403_DEVELOPER_OVER_RATE'}],
    [
      "Etsy's header",
      403,
      '',
      {'x-error-detail': 'You have exceeded your quota of: 10 requests per second.'},
    ],
    [
      "DeviantArt's",
      403,
      {error: 'user_api_threshold', error_description: 'User API limit reached.'},
    ],
    ["Microsoft's", 403, {error: {code: 'ApplicationThrottled', message: 'No.'}}],
    ["Slack's code", 403, {ok: false, error: 'ratelimited'}],
    ["Zoho's", 400, {code: 'API_LIMIT_EXCEEDED', message: 'No.'}],
    ["Twitter's old status", 420, {error: 'Enhance Your Calm'}],
    ['plain text', 403, 'Rate limit exceeded'],
    ['an HTML page', 403, '<html><body><h1>403</h1>Too many requests, slow down.</body></html>'],
    ['a quota in words', 403, {message: 'Quota exceeded for this project.'}],
    ['a header', 403, '', {'retry-after': '1'}],
    ['an empty quota', 403, '', {'x-ratelimit-remaining': '0'}],
    ['429', 429, ''],
  ])('rate-limited: %s', (_vendor, status, ...rest) => {
    const response = responseOf(status, ...rest);
    expect([isOverQuota(response), actionOf(response)]).toEqual([true, 'rate-limited']);
  });

  test.each<[string, number, Body]>([
    ["Google's missing permission", 403, google('insufficientPermissions', 'global')],
    ["Google's API that is off", 403, google('accessNotConfigured')],
    ["Google's full disk", 403, google('storageQuotaExceeded')],
    ["Google's forbidden", 403, google('forbidden', 'global')],
    ["Meta's missing permission", 403, meta(10)],
    ["Meta's invalid token", 400, meta(190)],
    ['a number 4 of another API', 400, {error: {message: 'No.', code: 4}}],
    ["Salesforce's missing API", 403, [{message: 'No.', errorCode: 'API_DISABLED_FOR_ORG'}]],
    ["AWS' access", 400, {__type: 'AccessDeniedException'}],
    ['a plan', 403, {message: 'Your plan has no access. Upgrade for a higher rate limit.'}],
    [
      'a limit of something else',
      400,
      {error: {code: 'LIMIT_EXCEEDED', message: 'limit must be below 100'}},
    ],
    ['a 400 in words', 400, {message: 'The page size exceeds the request limit.'}],
    ['a 404 in words', 404, {error: {code: 'rateLimitExceeded'}}],
    ['nothing', 403, ''],
    ['null', 403, 'null'],
    ['a deep body', 403, '['.repeat(1_000) + ']'.repeat(1_000)],
  ])('not: %s', (_vendor, status, body) => {
    expect(isOverQuota(responseOf(status, body))).toBe(false);
  });

  test('found in linear time', () => {
    const long = [
      ' '.repeat(1e6),
      'exceeded '.repeat(1e5),
      '<code>'.repeat(1e5),
      'too many '.repeat(1e5),
    ];
    const start = performance.now();
    for (const body of long) {
      isOverQuota(responseOf(403, body));
      isOverQuota(responseOf(403, {code: body, message: body}, {'x-error-detail': body}));
    }
    expect(performance.now() - start).toBeLessThan(1_000);
  });
});

test('a quota is waited for, and a transient error at the end', async () => {
  nock(API).get('/items').times(2).reply(403, google('userRateLimitExceeded'));
  expect(await failureOf(() => withAuth({}, (http) => http.get('/items')))).toBe(
    'TransientError: GET https://api.test/items answered 403: Refused; userRateLimitExceeded. All 2 attempts failed: try again later.',
  );
});

test('a rule may say otherwise', async () => {
  nock(API).get('/items').reply(403, google('quotaExceeded'));
  const rules = [{status: 403, action: 'fail'}] as const;
  expect(await failureOf(() => withAuth({rules}, (http) => http.get('/items')))).toContain(
    'ConfigError: GET https://api.test/items answered 403: Refused; quotaExceeded. The credentials are valid',
  );
});
