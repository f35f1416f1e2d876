import {type ExactDuration, toMilliseconds} from '../../duration.ts';
import {TransientError} from '../../errors.ts';
import type {HttpRun} from '../http-run.ts';
import {actionOf} from '../response/action.ts';
import {
  broken,
  describeFault,
  describeResponse,
  describeStatus,
  exhausted,
  isTransientFault,
  MAY_HAVE_TAKEN_EFFECT,
  neverArrived,
} from '../response/faults.ts';
import {requestedWait} from '../response/retry-after.ts';
import {describeRequest, type HttpRequest, type HttpResponse, type Send} from '../types.ts';
import {type RetryBudget, retryBudget} from './retry-budget.ts';
import {openWaits, type Waits} from './waits.ts';

type Policy<Length> = {
  /** The most attempts, including the first. Default 6. */
  readonly attempts: number;
  /** The n-th wait is random between 0 and `base` × 2ⁿ (full jitter). Default a second. */
  readonly base: Length;
  /** The upper limit of these waits. Default a minute. */
  readonly cap: Length;
  /** The longest wait that a server or a limit may require; beyond it the request fails. Default 3,700 s. */
  readonly longest: Length;
};

/** As an author writes it: `{attempts: 3, longest: {minutes: 10}}`. */
export type RetryOptions = Partial<Policy<ExactDuration>>;

/** The same in milliseconds. */
export type RetryPolicy = Policy<number>;

export const DEFAULT_RETRY: RetryPolicy = {
  attempts: 6,
  base: 1_000,
  cap: 60_000,
  longest: 3_700_000, // GitHub resets its quota each hour
};

export const retryPolicyOf = ({attempts, ...waits}: RetryOptions = {}): RetryPolicy => {
  const inMilliseconds = (name: keyof typeof waits): number => {
    const wait = waits[name];
    return wait === undefined ? DEFAULT_RETRY[name] : toMilliseconds(`retry.${name}`, wait);
  };
  return {
    attempts: attempts ?? DEFAULT_RETRY.attempts,
    base: inMilliseconds('base'),
    cap: inMilliseconds('cap'),
    longest: inMilliseconds('longest'),
  };
};

type Outcome =
  | {readonly kind: 'response'; readonly response: HttpResponse}
  | {readonly kind: 'fault'; readonly error: unknown};

const attempt = async (send: Send, request: HttpRequest): Promise<Outcome> => {
  try {
    return {kind: 'response', response: await send(request)};
  } catch (error) {
    return {kind: 'fault', error};
  }
};

const isTransient = (outcome: Outcome): boolean =>
  outcome.kind === 'response'
    ? ['retry', 'rate-limited'].includes(actionOf(outcome.response))
    : isTransientFault(outcome.error);

/** A request that changes something is only retried if the server did not get it, or refused it for its rate limit. */
const shouldRetry = ({once}: HttpRequest, outcome: Outcome): boolean =>
  once ? neverActedOn(outcome) : isTransient(outcome);

/** Does not use the retry budget: the server is healthy, and says when to try again. */
const isOverLimit = (outcome: Outcome): boolean =>
  outcome.kind === 'response' && actionOf(outcome.response) === 'rate-limited';

const neverActedOn = (outcome: Outcome): boolean =>
  isOverLimit(outcome) || (outcome.kind === 'fault' && neverArrived(outcome.error));

/** Jitter is added to the server's own figure, since every client gets the same one. */
const waitFor = (
  requested: number | undefined,
  retry: number,
  policy: RetryPolicy,
  random: () => number,
): number =>
  requested === undefined
    ? random() * Math.min(policy.cap, policy.base * 2 ** retry)
    : requested * (1 + random() * 0.1);

const settle = (request: HttpRequest, outcome: Outcome, attempts: number): HttpResponse => {
  if (outcome.kind === 'fault') {
    const {error} = outcome;
    throw isTransientFault(error) ? exhausted(request, attempts, error) : broken(request, error);
  }
  if (!isTransient(outcome)) return outcome.response;
  const again =
    attempts === 1 ? 'Try again later.' : `All ${attempts} attempts failed: try again later.`;
  throw new TransientError(
    `${describeResponse(request, outcome.response)} ${request.once && !neverActedOn(outcome) ? MAY_HAVE_TAKEN_EFFECT : again}`,
  );
};

const describeOutcome = (outcome: Outcome): string =>
  outcome.kind === 'response' ? describeStatus(outcome.response) : describeFault(outcome.error);

const spend = (budget: RetryBudget, request: HttpRequest, outcome: Outcome): void => {
  if (isOverLimit(outcome) || budget.spend()) return;
  throw new TransientError(
    `${describeRequest(request)} failed with ${describeOutcome(outcome)} and is not retried: too many requests failed in the last minute. ` +
      `Something is wrong with ${request.url.host}, or on the way to it: try again later.`,
    outcome.kind === 'fault' ? {cause: outcome.error} : {},
  );
};

/** Waits before the next attempt, or throws if the wait would be too long. */
const waitAfter = async (
  outcome: Outcome,
  {request, made, policy}: {request: HttpRequest; made: number; policy: RetryPolicy},
  {allow, sleep}: Waits,
  {clock, random, log}: HttpRun,
): Promise<void> => {
  const description = describeRequest(request);
  const fault = describeOutcome(outcome);
  const requested =
    outcome.kind === 'response' ? requestedWait(outcome.response, clock.now()) : undefined;
  const wait = waitFor(requested, made - 1, policy, random);
  if (requested !== undefined) {
    allow(requested, `${description} answered ${fault} and requires a wait of`);
  } else {
    allow(wait, `${description}: ${fault}; the next attempt would be in`, wait);
  }
  log(
    'INFO',
    `${description}: ${fault}; attempt ${made + 1} of ${policy.attempts} in ${(wait / 1000).toFixed(1)} s.`,
  );
  const limited = requested !== undefined || isOverLimit(outcome);
  await sleep(request, wait, limited ? `${request.url.origin} answered ${fault}` : undefined);
};

/** Retries transient failures: broken connections, 408, 425, 429, 5xx, 403 over quota, and those that a rule names. */
export const withRetry = (send: Send, policy: RetryPolicy, run: HttpRun): Send => {
  const waits = openWaits(run, policy.longest);
  const budgets = new Map<string, RetryBudget>();
  const budgetOf = (host: string): RetryBudget => {
    const budget = budgets.get(host) ?? retryBudget(run.clock.now);
    budgets.set(host, budget);
    return budget;
  };
  return async (request) => {
    const budget = budgetOf(request.url.host);
    budget.count();
    for (let made = 1; ; made += 1) {
      const outcome = await attempt(send, made === 1 ? request : {...request, attempt: made});
      run.signal.throwIfAborted();
      if (!shouldRetry(request, outcome) || made >= policy.attempts) {
        return settle(request, outcome, made);
      }
      spend(budget, request, outcome);
      await waitAfter(outcome, {request, made, policy}, waits, run);
      request.scope.count('retries');
    }
  };
};
