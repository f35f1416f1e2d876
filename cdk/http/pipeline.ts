// The layers between a caller and the wire, in their order.

import {withWhole} from './decode/truncation.ts';
import {withThrottled} from './graphql.ts';
import {withCircuitBreaker} from './limits/circuit-breaker.ts';
import {type Clock, systemClock} from './limits/clock.ts';
import {withConcurrency} from './limits/concurrency.ts';
import {withRunLimit} from './limits/deadline.ts';
import {type Limit, withLimits} from './limits/limits.ts';
import {type PacingOptions, withPacing} from './limits/pacing.ts';
import {withQueryCost} from './limits/query-cost.ts';
import {DEFAULT_RETRY, type RetryPolicy, withRetry} from './limits/retry.ts';
import {openWaits, type WaitContext} from './limits/waits.ts';
import {withRules} from './response/action.ts';
import {describeFault} from './response/faults.ts';
import type {Counters} from './totals.ts';
import {describeWhole, type HttpRequest, type Send, sizeOf} from './types.ts';
import type {UnderWay} from './under-way.ts';
import type {Timeouts} from './wire/timeouts.ts';
import {MAX_BODY_BYTES, type Transport, type TransportOptions} from './wire/transport.ts';

export type LayerOptions = Pick<TransportOptions, 'maxBodyBytes'> & {
  /** How hard to try, and how long to wait. */
  readonly retry?: Partial<RetryPolicy>;
  /** How many requests the API takes, where that is known: `[{requests: 100, per: {seconds: 60}}]`. All of them hold. */
  readonly limits?: readonly Limit[];
  /** How to keep within the quota that answers tell of; false where an API's headers are not to be believed. */
  readonly pacing?: PacingOptions | false;
  /** How many requests to one host may be under way at once. Default: from two on, as many as it takes, 16 at most. */
  readonly concurrency?: number;
};

/** Where the client tells what it does: DEBUG each request, INFO what delays a run, WARN what may be missing. */
export type Log = (level: 'DEBUG' | 'INFO' | 'WARN', message: string) => void;

/** What a run lends to its layers. */
export type LayerRuntime = Pick<WaitContext, 'signal' | 'onWait' | 'aside'> & {
  readonly log: Log;
  readonly clock?: Clock | undefined;
  readonly random?: (() => number) | undefined;
  /** On whose behalf a request is sent now. */
  readonly caller: () => string;
  readonly counters: Counters;
  /** Notes a request while it is under way. */
  readonly underWay: UnderWay;
  readonly timeouts: Timeouts;
};

const attemptOf = ({attempt}: HttpRequest): string =>
  attempt === undefined ? '' : `, attempt ${attempt}`;

/** One DEBUG line for each request: how it was answered, or what broke it. */
const traced =
  (send: Send, {log, counters, underWay}: LayerRuntime, {now}: Clock): Send =>
  async (request) => {
    const sentAt = now();
    const tell = (outcome: string, more: string): void =>
      log(
        'DEBUG',
        `${describeWhole(request)} ${outcome} ${now() - sentAt} ms${more}${attemptOf(request)}`,
      );
    counters.count('requests');
    const over = underWay.begin(request);
    try {
      const response = await send(request);
      const bytes = sizeOf(response);
      counters.count('bytes', bytes);
      tell(String(response.status), ` ${bytes} bytes`);
      return response;
    } catch (error) {
      tell(describeFault(error), '');
      throw error;
    } finally {
      over();
    }
  };

/** Before the limits, not behind them: all that they let go while the transport opens would go at once. */
const opened =
  (send: Send, open: Transport['open']): Send =>
  async (request) => {
    await open();
    return send(request);
  };

/** Each attempt of a retry passes the layers below it again. */
export const withLayers = (
  {open, send: wire}: Pick<Transport, 'open' | 'send'>,
  {limits = [], pacing = {}, retry, concurrency, ...options}: LayerOptions,
  runtime: LayerRuntime,
): Send => {
  const {signal, log, clock = systemClock, random = Math.random, onWait} = runtime;
  const {caller, counters, timeouts, aside} = runtime;
  const policy = {...DEFAULT_RETRY, ...retry};
  const runEnds = clock.now() + timeouts.run;
  const {maxBodyBytes = MAX_BODY_BYTES} = options;
  const context = {
    clock,
    random,
    signal,
    onWait,
    runEnds,
    caller,
    aside,
    log: (message: string): void => log('INFO', message),
    onWaited: (ms: number): void => counters.count('waited', ms),
    onRetry: (): void => counters.count('retries'),
  };
  const {hold} = openWaits({...context, longest: policy.longest});
  const understood = withRules(
    withThrottled(withWhole(traced(wire, runtime, clock), maxBodyBytes)),
  );
  // Once more behind the last of the waits: that for a place ends with the requests that hold one, not with the run.
  const inTime = withRunLimit(understood, runEnds, clock);
  const atOnce = withConcurrency(inTime, concurrency, clock);
  const limited = limits.length === 0 ? atOnce : withLimits(atOnce, limits, {clock, hold});
  const lent = {clock, hold, longest: policy.longest};
  const paced =
    pacing === false ? limited : withPacing(withQueryCost(limited, pacing, lent), pacing, lent);
  const ending = withRunLimit(opened(paced, open), runEnds, clock);
  const guarded = withCircuitBreaker(ending, {clock, hold, caller, trialLimit: timeouts.total});
  return withRetry(guarded, policy, context);
};
