import {type ExactDuration, toMilliseconds} from '../../duration.ts';
import {TransientError} from '../../errors.ts';
import {actionOf} from '../response/action.ts';
import {
  broken,
  describeFault,
  describeResponse,
  exhausted,
  isTransientFault,
  neverArrived,
} from '../response/faults.ts';
import {requestedWait} from '../response/retry-after.ts';
import type {HttpRun} from '../run.ts';
import {describeRequest, type HttpRequest, type HttpResponse, type Send} from '../types.ts';
import {type RetryBudget, retryBudget} from './retry-budget.ts';
import {openWaits, type Waits} from './waits.ts';

/** How hard to try. */
type Policy<Length> = {
  /** Requests in all, the first one included. */
  readonly attempts: number;
  /** The n-th wait is drawn evenly from 0 to `base` × 2ⁿ (full jitter), up to `cap`. */
  readonly base: Length;
  readonly cap: Length;
  /** The longest wait that a server or a limit may ask for; past it the request fails. */
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
  longest: 3_700_000, // GitHub's quota is filled again each hour
};

/** The policy of a client: that of its source, else the defaults. */
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

/** What changes something on the server is sent again only where it did not get through, or was turned away at the door. */
const shouldRetry = ({once}: HttpRequest, outcome: Outcome): boolean =>
  once ? neverActedOn(outcome) : isTransient(outcome);

/** Rate limits are not counted: the server is well, and says itself when to come back. */
const isOverLimit = (outcome: Outcome): boolean =>
  outcome.kind === 'response' && actionOf(outcome.response) === 'rate-limited';

const neverActedOn = (outcome: Outcome): boolean =>
  isOverLimit(outcome) || (outcome.kind === 'fault' && neverArrived(outcome.error));

/** What the server itself asks to wait. */
const requestedWaitOf = (outcome: Outcome, now: number): number | undefined =>
  outcome.kind === 'response' ? requestedWait(outcome.response, now) : undefined;

/** Jitter is added behind the server's own figure: every client was told the same instant. */
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
  if (outcome.kind === 'response') {
    if (!isTransient(outcome)) return outcome.response;
    throw new TransientError(
      request.once
        ? `${describeResponse(request, outcome.response)} It may have done its work all the same, so it is not sent again: look there before you run it again.`
        : `${describeResponse(request, outcome.response)} It stayed so for ${attempts} attempts: try again later.`,
    );
  }
  throw isTransientFault(outcome.error)
    ? exhausted(request, attempts, outcome.error)
    : broken(request, outcome.error);
};

const describeOutcome = (outcome: Outcome): string =>
  outcome.kind === 'response' ? String(outcome.response.status) : describeFault(outcome.error);

const spend = (budget: RetryBudget, request: HttpRequest, outcome: Outcome): void => {
  if (isOverLimit(outcome) || budget.spend()) return;
  throw new TransientError(
    `${describeRequest(request)} failed with ${describeOutcome(outcome)} and is not tried again: too many requests of the last minute failed. ` +
      `Something is wrong with ${request.url.host}, or on the way to it: try again later.`,
    outcome.kind === 'fault' ? {cause: outcome.error} : {},
  );
};

/** Waits before the next attempt, or throws where the run may not wait that long. */
const waitAfter = async (
  outcome: Outcome,
  {request, made, policy}: {request: HttpRequest; made: number; policy: RetryPolicy},
  {allow, sleep}: Waits,
  {clock, random, log}: HttpRun,
): Promise<void> => {
  const requested = requestedWaitOf(outcome, clock.now());
  const told = `${describeRequest(request)} answered ${describeOutcome(outcome)} and asks to wait`;
  if (requested !== undefined) allow(requested, told);
  const wait = waitFor(requested, made - 1, policy, random);
  if (requested === undefined) {
    allow(
      wait,
      `${describeRequest(request)}: ${describeOutcome(outcome)}; the next attempt is in`,
      wait,
    );
  }
  log(
    'INFO',
    `${describeRequest(request)}: ${describeOutcome(outcome)}; attempt ${made + 1} of ${policy.attempts} in ${(wait / 1000).toFixed(1)} s.`,
  );
  const limited = requested !== undefined || isOverLimit(outcome);
  await sleep(
    request,
    wait,
    limited ? `${request.url.origin} answered ${describeOutcome(outcome)}` : undefined,
  );
};

/**
 * Sends again what failed for a passing reason: a broken connection, 408, 425, 429, 5xx, 403 over quota, or what a rule
 * says. Any other answer is handed on.
 */
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
