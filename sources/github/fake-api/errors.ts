// Error responses of GitHub.
import type {FakeResponse} from 'headwater/fake-api';

const DOCS = 'https://docs.github.com/rest';

/** The status is also in the body, as a string. */
const problem = (
  status: number,
  message: string,
  {page = '', headers = {}}: {page?: string; headers?: Record<string, string>} = {},
): FakeResponse => ({
  status,
  headers,
  body: {message, documentation_url: `${DOCS}${page}`, status: String(status)},
});

/** https://docs.github.com/en/rest/authentication/authenticating-to-the-rest-api#failed-login-limit */
export const badCredentials = (): FakeResponse => problem(401, 'Bad credentials');

/** Also for resources that the token may not see: https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#404-not-found-for-an-existing-resource */
export const notFound = (): FakeResponse => problem(404, 'Not Found');

/** https://docs.github.com/en/rest/commits/commits#list-commits (409 Conflict) */
export const emptyRepository = (): FakeResponse =>
  problem(409, 'Git Repository is empty.', {page: '/commits/commits#list-commits'});

/** https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#validation-failed */
export const invalid = (field: string): FakeResponse => problem(422, `Validation Failed: ${field}`);

/** https://docs.github.com/en/rest/using-the-rest-api/getting-started-with-the-rest-api ("User agent") */
export const noUserAgent = (): FakeResponse =>
  problem(
    403,
    'Request forbidden by administrative rules. Please make sure your request has a User-Agent header',
  );

export const serverError = (): FakeResponse => ({status: 502, body: {message: 'Server Error'}});

const LIMITS = '/overview/rate-limits-for-the-rest-api';

/**
 * 403 or 429 with `x-ratelimit-remaining: 0`; `x-ratelimit-reset` says when to try again, in seconds since 1970.
 * https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
 */
export const primaryLimit = (reset: number): FakeResponse =>
  problem(403, 'API rate limit exceeded for user ID 583231.', {
    page: LIMITS,
    headers: {'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(reset)},
  });

/** 403 or 429; `retry-after` in seconds, if GitHub sends it. Same page, "Exceeding the rate limit". */
export const secondaryLimit = (status: 403 | 429, retryAfter: number): FakeResponse =>
  problem(
    status,
    'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
    {
      page: `${LIMITS}#about-secondary-rate-limits`,
      headers: {'retry-after': String(retryAfter)},
    },
  );
