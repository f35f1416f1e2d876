import {TransientError} from '../errors.ts';
import type {Clock} from './clock.ts';
import {
  broken,
  describeFault,
  describeResponse,
  exhausted,
  isTransient,
  isTransientFault,
} from './faults.ts';
import {describeRequest, type HttpRequest, type HttpResponse, type Send} from './message.ts';
import {requestedWait} from './retry-after.ts';

/** How hard to try. Waits are in milliseconds. */
export type RetryPolicy = {
  /** Requests in all, the first one included. */
  readonly attempts: number;
  /** The n-th wait is drawn evenly from 0 to `base` × 2ⁿ (full jitter), up to `cap`. */
  readonly base: number;
  readonly cap: number;
  /** The longest wait that a server's Retry-After may ask for; past it the request fails. */
  readonly longest: number;
};

export const DEFAULT_RETRY: RetryPolicy = {
  attempts: 6,
  base: 1_000,
  cap: 60_000,
  longest: 3_700_000, // GitHub's quota is filled again each hour
};

export type RetryContext = {
  readonly clock: Clock;
  /** Evenly from 0 to 1. */
  readonly random: () => number;
  readonly signal: AbortSignal;
  readonly log: (message: string) => void;
};

type Outcome =
  | {readonly kind: 'answer'; readonly response: HttpResponse}
  | {readonly kind: 'fault'; readonly error: unknown};

const attempt = async (send: Send, request: HttpRequest): Promise<Outcome> => {
  try {
    return {kind: 'answer', response: await send(request)};
  } catch (error) {
    return {kind: 'fault', error};
  }
};

const shouldRetry = (outcome: Outcome): boolean =>
  outcome.kind === 'answer' ? isTransient(outcome.response) : isTransientFault(outcome.error);

/** What the server itself asks to wait. */
const askedOf = (outcome: Outcome, now: number): number | undefined =>
  outcome.kind === 'answer' ? requestedWait(outcome.response, now) : undefined;

/** Jitter is added behind the server's own figure: every client was told the same instant. */
const waitFor = (
  asked: number | undefined,
  retry: number,
  policy: RetryPolicy,
  random: () => number,
): number =>
  asked === undefined
    ? random() * Math.min(policy.cap, policy.base * 2 ** retry)
    : asked * (1 + random() * 0.1);

/** A Date ends there, but not what a server may ask for. */
const LAST_DATE = 8.64e15;

const settle = (request: HttpRequest, outcome: Outcome, attempts: number): HttpResponse => {
  if (outcome.kind === 'answer') {
    if (!isTransient(outcome.response)) return outcome.response;
    throw new TransientError(
      `${describeResponse(request, outcome.response)} It stayed so for ${attempts} attempts: try again later.`,
    );
  }
  throw isTransientFault(outcome.error)
    ? exhausted(request, attempts, outcome.error)
    : broken(request, outcome.error);
};

const describeOutcome = (outcome: Outcome): string =>
  outcome.kind === 'answer' ? String(outcome.response.status) : describeFault(outcome.error);

/**
 * Sends again what failed for a passing reason: a broken connection, 408, 425, 429, 5xx, or 403 over quota.
 * Every request here is a GET, so sending one twice changes nothing on the server. Any other answer is handed on.
 */
export const withRetry =
  (send: Send, policy: RetryPolicy, context: RetryContext): Send =>
  async (request) => {
    for (let made = 1; ; made += 1) {
      const outcome = await attempt(send, request);
      context.signal.throwIfAborted();
      if (!shouldRetry(outcome) || made >= policy.attempts) return settle(request, outcome, made);
      const now = context.clock.now();
      const asked = askedOf(outcome, now);
      if (asked !== undefined && asked > policy.longest) {
        throw new TransientError(
          `${describeRequest(request)} answered ${describeOutcome(outcome)} and asks to wait ${Math.ceil(asked / 1000)} s, ` +
            `longer than the ${Math.ceil(policy.longest / 1000)} s this run may wait: run again after ${new Date(Math.min(now + asked, LAST_DATE)).toISOString()}.`,
        );
      }
      const wait = waitFor(asked, made - 1, policy, context.random);
      context.log(
        `${describeRequest(request)}: ${describeOutcome(outcome)}; attempt ${made + 1} of ${policy.attempts} in ${(wait / 1000).toFixed(1)} s.`,
      );
      await context.clock.sleep(wait, context.signal);
    }
  };
