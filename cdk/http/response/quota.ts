// Recognizes refusals that mean "too many requests", though their status is 403 or 400. Waiting helps with those.
import {isObject} from '../../json/values.ts';
import type {HttpResponse} from '../types.ts';
import {jsonOf} from './json-body.ts';

const STATUSES = new Set([400, 403, 420]);

/** Fields that hold a code, in lower case, without `_` and `-`. */
const CODE_FIELDS = /^(code|errorcode|errcode|reason|status|type|error|errortype|name|title|id)$/;

/**
 * Codes of vendors, in lower case, without separators:
 * - Google: https://developers.google.com/workspace/drive/api/guides/handle-errors,
 *   https://cloud.google.com/apis/design/errors#error_codes. Not its `storageQuotaExceeded`: waiting does not help.
 * - Salesforce: REQUEST_LIMIT_EXCEEDED. NetSuite: SSS_REQUEST_LIMIT_EXCEEDED. Zoho: API_LIMIT_EXCEEDED
 * - AWS: https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html lists the codes of throttling
 * - Bitly RATE_LIMIT_EXCEEDED, Foursquare rate_limit_exceeded, Slack ratelimited, Stack Exchange throttle_violation,
 *   Eventbrite HIT_RATE_LIMIT, QuickBooks ThrottleExceeded, Mashery ERR_403_DEVELOPER_OVER_QPS, Microsoft ApplicationThrottled
 */
const CODE = new RegExp(
  `^(${[
    '(user|project|sharing|secondary|api|hit)?ratelimit(s|ed|error|reached|exceeded(unreg)?)?',
    'variabletermexpireddailyexceeded',
    '(daily|serving|concurrent|usage|api|apicall|callrate|hourly|monthly)(rate)?limit(exceeded|reached)(unreg)?',
    '(sss|ws)?(request|concurrent|concurrency|concurrencyrequest|apirequest|transactionrequest)limit(s)?exceeded',
    '(user|daily|api|request|requests)?quota(limit)?(exceeded|reached|exhausted)',
    'resourceexhausted',
    '(too)?manyrequests(exception)?|toomanycalls',
    '(application|request|api)?throttl(ed|ing|e|eexceeded|eviolation|edexception|ingexception|ingerror)',
    'priorrequestnotcomplete|bandwidthlimitexceeded|limitexceededexception|ec2throttledexception',
    'provisionedthroughputexceeded(exception)?',
    '(err403)?developerover(qps|rate)|slowdown|enhanceyourcalm',
  ].join('|')})$`,
);

/** The last part of `com.amazonaws.dynamodb#ThrottlingException`, in lower case, without separators. */
const normalized = (code: string): string =>
  code
    .slice(0, 200)
    .replace(/^.*[#:/]/, '')
    .replace(/[^a-z0-9]/gi, '')
    .toLowerCase();

const isQuotaCode = (value: unknown): boolean =>
  typeof value === 'string' && CODE.test(normalized(value));

/** https://developers.facebook.com/docs/graph-api/overview/rate-limiting#error-codes */
const isMetaCode = (code: unknown): boolean =>
  typeof code === 'number' &&
  ([4, 17, 32, 341, 613].includes(code) || (code >= 80000 && code <= 80014));

const DEEPEST = 5;
const MOST_ITEMS = 10;

const hasQuotaCode = (json: unknown, depth = 0): boolean => {
  if (depth > DEEPEST) return false;
  if (Array.isArray(json)) {
    return json.slice(0, MOST_ITEMS).some((item) => hasQuotaCode(item, depth + 1));
  }
  if (!isObject(json)) return false;
  if ('fbtrace_id' in json && isMetaCode(json['code'])) return true;
  return Object.entries(json)
    .slice(0, 50)
    .some(([name, value]) =>
      typeof value === 'object'
        ? hasQuotaCode(value, depth + 1)
        : CODE_FIELDS.test(name.replace(/[_-]/g, '').toLowerCase()) && isQuotaCode(value),
    );
};

/** The words of a 403 without a code, such as those of GitHub's secondary limits, Mashery and Etsy. */
const WORDS = [
  /\b(exceeded|reached|hit|over)\b[^.<>{}]{0,40}\b(rate|request|requests|api|api call|call|usage|quota|throttle)[ -]?(limit|quota)s?\b/i,
  /\b(rate|request|requests|api|api call|call|usage)[ -](limit|quota)s?( has been| have been| was| is)? (exceeded|reached|hit|exhausted)\b/i,
  /\b(exceeded|exhausted) (your|the|its|their)( \w+)? quota\b|\bquota( has been| was| is)? (exceeded|exhausted)\b/i,
  /\btoo many (\w+ )?(requests|calls)\b|\bdeveloper over (qps|rate)\b/i,
  /\b(request|requests|call|calls|you|been)( \w+)? throttled\b|\bslow down\b/i,
];

/** Matching costs the less the shorter the text. */
const MOST_TEXT = 2_000;

const saysQuota = (text: string): boolean => {
  const start = text.slice(0, MOST_TEXT);
  return WORDS.some((words) => words.test(start));
};

/** AWS, Mashery and Etsy name the error in a header. */
const ERROR_HEADERS = ['x-amzn-errortype', 'x-mashery-error-code', 'x-error-detail'];

const hasQuotaHeader = ({headers}: HttpResponse): boolean =>
  'retry-after' in headers ||
  headers['x-ratelimit-remaining'] === '0' ||
  ERROR_HEADERS.some((name) => {
    const text = headers[name] ?? '';
    return isQuotaCode(text.replace(/:.*$/, '')) || saysQuota(text);
  });

/** `<Code>Throttling</Code>`, as at AWS. */
const xmlCode = (text: string): string | undefined =>
  /<(?:\w+:)?(?:error)?code>([\w.]{1,100})</i.exec(text.slice(0, MOST_TEXT))?.[1];

const isRefusedForQuota = (response: HttpResponse): boolean => {
  if (response.status === 403 && hasQuotaHeader(response)) return true;
  const text = response.body.toString('utf8', 0, 20_000);
  const json = jsonOf(response);
  if (json === undefined ? isQuotaCode(xmlCode(text)) : hasQuotaCode(json)) return true;
  return response.status !== 400 && saysQuota(text);
};

const known = new WeakMap<HttpResponse, boolean>();

/** True for a response that is refused because there were too many requests. 403 alone does not say so. */
export const isOverQuota = (response: HttpResponse): boolean => {
  if (!STATUSES.has(response.status)) return response.status === 429;
  const found = known.get(response) ?? isRefusedForQuota(response);
  known.set(response, found);
  return found;
};
