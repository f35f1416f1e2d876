// Rate limits: https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
import {type Answer, type Api, everyNth} from '../api.ts';
import {primaryLimit, secondaryLimit} from './errors.ts';

/** That of GitHub Apps of an Enterprise organization: tests of many reads don't run out of it. */
const QUOTA = 15_000;
const HOUR = 3_600;

const seconds = (): number => Math.floor(Date.now() / 1000);

/** The limits in turn: primary, then secondary by either status; each is over within a second or two. */
const limitInTurn = (_ask: unknown, time: number): Answer => {
  const answers = [
    () => primaryLimit(seconds() + 1),
    () => secondaryLimit(403, 1),
    () => secondaryLimit(429, 1),
  ];
  return (answers[time % answers.length] ?? (() => secondaryLimit(429, 1)))();
};

export const throttle = (n: number | undefined, api: Api): Api => everyNth(n, limitInTurn, api);

/**
 * Counts requests by the hour, and says so on each answer ("Checking the status of your rate limit"). An answer that
 * speaks of limits itself keeps what it says.
 */
export const limited = (quota = QUOTA, api: Api): Api => {
  let used = 0;
  let reset = seconds() + HOUR;
  return (ask) => {
    if (seconds() >= reset) {
      used = 0;
      reset = seconds() + HOUR;
    }
    used += 1;
    const answer = used > quota ? primaryLimit(reset) : api(ask);
    return {
      ...answer,
      headers: {
        'x-ratelimit-limit': String(quota),
        'x-ratelimit-remaining': String(Math.max(0, quota - used)),
        'x-ratelimit-used': String(used),
        'x-ratelimit-reset': String(reset),
        'x-ratelimit-resource': 'core',
        ...answer.headers,
      },
    };
  };
};
