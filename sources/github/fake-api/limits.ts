// Rate limits: https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
import {type Api, everyNth, type FakeResponse} from 'headwater/fake-api';
import {primaryLimit, secondaryLimit} from './errors.ts';

/** The quota of GitHub Apps of an Enterprise organization, which is enough for tests with many reads. */
const QUOTA = 15_000;
const HOUR = 3_600;

const seconds = (): number => Math.floor(Date.now() / 1000);

/** The limits in turn: primary, then secondary with either status. Each ends within a second or two. */
const limitInTurn = (_request: unknown, time: number): FakeResponse => {
  const responses = [
    () => primaryLimit(seconds() + 1),
    () => secondaryLimit(403, 1),
    () => secondaryLimit(429, 1),
  ];
  return (responses[time % responses.length] ?? (() => secondaryLimit(429, 1)))();
};

export const throttle = (n: number | undefined, api: Api): Api => everyNth(n, limitInTurn, api);

/**
 * Counts requests by the hour, in the headers of each response ("Checking the status of your rate limit"). A response
 * with such headers of its own keeps them.
 */
export const limited = (quota = QUOTA, api: Api): Api => {
  let used = 0;
  let reset = seconds() + HOUR;
  return (request) => {
    if (seconds() >= reset) {
      used = 0;
      reset = seconds() + HOUR;
    }
    used += 1;
    const response = used > quota ? primaryLimit(reset) : api(request);
    return {
      ...response,
      headers: {
        'x-ratelimit-limit': String(quota),
        'x-ratelimit-remaining': String(Math.max(0, quota - used)),
        'x-ratelimit-used': String(used),
        'x-ratelimit-reset': String(reset),
        'x-ratelimit-resource': 'core',
        ...response.headers,
      },
    };
  };
};
