// The quota headers of single vendors, and the type in which an author adds others.

/** Seconds or milliseconds from now, seconds or milliseconds since 1970, or a date with its zone. */
export type ResetUnit = 's' | 'ms' | 'epoch-s' | 'epoch-ms' | 'iso';

/** The headers of one quota. */
export type HeaderSet = {
  /** The header with the requests in the whole window. Without it requests are not spread, and `leave` has no effect. */
  readonly limit?: string;
  /** The header with the remaining requests. */
  readonly remaining: string;
  /** The header with the reset. */
  readonly reset: string;
  /** The unit of the reset. Default: detected from its form and size. */
  readonly unit?: ResetUnit;
};

/** Quotas without a reset header, but with a known window in milliseconds, which is the longest wait. */
type WindowSet = {readonly remaining: string; readonly window: number} & (
  | {readonly limit: string}
  | {readonly most: number}
);

/** A bucket as `32/40`, which drains from full in `drains` milliseconds. */
type BucketSet = {readonly used: string; readonly drains: number};

export type VendorSet = HeaderSet | WindowSet | BucketSet;

/**
 * Names in lower case. Daily quotas without a reset are left out, since the wait is unknown:
 * HubSpot's X-HubSpot-RateLimit-Daily, Xero's X-DayLimit-Remaining, Salesforce's Sforce-Limit-Info.
 */
export const VENDORS: readonly VendorSet[] = [
  // Okta, in epoch seconds: https://developer.okta.com/docs/reference/rl-best-practices/
  // Alegra, in seconds: https://developer.alegra.com/reference/límite-de-request
  {
    limit: 'x-rate-limit-limit',
    remaining: 'x-rate-limit-remaining',
    reset: 'x-rate-limit-reset',
  },
  // RapidAPI, in seconds until the plan's day or month is over: https://docs.rapidapi.com/docs/response-headers
  // Linear, in epoch milliseconds: https://linear.app/developers/rate-limiting
  {
    limit: 'x-ratelimit-requests-limit',
    remaining: 'x-ratelimit-requests-remaining',
    reset: 'x-ratelimit-requests-reset',
  },
  // Brevo, in seconds: https://developers.brevo.com/docs/limit-headers
  {
    limit: 'x-sib-ratelimit-limit',
    remaining: 'x-sib-ratelimit-remaining',
    reset: 'x-sib-ratelimit-reset',
  },
  // HubSpot sends the length of the window, not its end. X-HubSpot-RateLimit-Secondly is no longer enforced.
  // https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines
  {
    limit: 'x-hubspot-ratelimit-max',
    remaining: 'x-hubspot-ratelimit-remaining',
    reset: 'x-hubspot-ratelimit-interval-milliseconds',
    unit: 'ms',
  },
  // Zendesk, if a response lacks `ratelimit-reset`: "the number of requests remaining for the current minute".
  // https://developer.zendesk.com/documentation/ticketing/using-the-zendesk-api/best-practices-for-avoiding-rate-limiting/
  {limit: 'x-rate-limit', remaining: 'x-rate-limit-remaining', window: 60_000},
  // Xero, 60 a minute for each organisation and 10,000 for each app: https://developer.xero.com/faq/limits
  {most: 60, remaining: 'x-minlimit-remaining', window: 60_000},
  {most: 10_000, remaining: 'x-appminlimit-remaining', window: 60_000},
  // Shopify's REST API: 40 requests that leak at 2 a second; in larger plans both are doubled or ten times as large.
  // https://shopify.dev/docs/api/admin-rest/usage/rate-limits
  {used: 'x-shopify-shop-api-call-limit', drains: 20_000},
];
