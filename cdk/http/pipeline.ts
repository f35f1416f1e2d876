// The layers between a client's methods and the wire, in their order.

import {withTruncationCheck} from './decode/truncation.ts';
import {withThrottled} from './graphql.ts';
import {withCircuitBreaker} from './limits/circuit-breaker.ts';
import {withConcurrency} from './limits/concurrency.ts';
import {withDeadline} from './limits/deadline.ts';
import {type Limit, withLimits} from './limits/limits.ts';
import {type PacingOptions, withPacing} from './limits/pacing.ts';
import {withQueryCost} from './limits/query-cost.ts';
import {type RetryOptions, retryPolicyOf, withRetry} from './limits/retry.ts';
import {openWaits} from './limits/waits.ts';
import {withRules} from './response/action.ts';
import {describeFault} from './response/faults.ts';
import type {HttpRun} from './run.ts';
import {describeWithQuery, type HttpRequest, type Send, sizeOf} from './types.ts';
import type {UnderWay} from './under-way.ts';
import type {Timeouts} from './wire/timeouts.ts';
import {MAX_BODY_BYTES, type Transport, type TransportOptions} from './wire/transport.ts';

export type LayerOptions = Pick<TransportOptions, 'maxBodyBytes'> & {
  /** How hard to try, and how long to wait. */
  readonly retry?: RetryOptions;
  /** How many requests the API takes, where that is known: `[{requests: 100, per: {seconds: 60}}]`. All of them hold. */
  readonly limits?: readonly Limit[];
  /** How to keep within the quota that answers tell of; false where an API's headers are not to be believed. */
  readonly pacing?: PacingOptions | false;
  /**
   * How many requests to one host may be under way at once, of all streams together. Default: from two on, as many as it
   * takes, 16 at most. How many slices are read at once is the source's `concurrency`.
   */
  readonly maxConcurrentRequests?: number;
};

/** What the pipeline takes besides the author's options and the run. */
type Wire = Pick<Transport, 'open' | 'send'> & {
  readonly timeouts: Pick<Timeouts, 'total'>;
  /** Notes each request while it is under way. */
  readonly underWay: UnderWay;
};

/** Wraps what comes after it. */
type Layer = (next: Send) => Send;

/** The first layer sees a request first, and its response last. */
const compose =
  (...layers: readonly Layer[]): Layer =>
  (wire) =>
    layers.reduceRight((next, layer) => layer(next), wire);

const layerIf = (isNeeded: boolean, layer: Layer): Layer => (isNeeded ? layer : (next) => next);

const attemptOf = ({attempt}: HttpRequest): string =>
  attempt === undefined ? '' : `, attempt ${attempt}`;

/** One DEBUG line for each request: how it was answered, or what broke it. */
const traced =
  (send: Send, underWay: UnderWay, {log, clock: {now}}: HttpRun): Send =>
  async (request) => {
    const {count} = request.scope;
    const sentAt = now();
    const tell = (outcome: string, more: string): void =>
      log(
        'DEBUG',
        `${describeWithQuery(request)} ${outcome} ${now() - sentAt} ms${more}${attemptOf(request)}`,
      );
    count('requests');
    const over = underWay.begin(request);
    try {
      const response = await send(request);
      const bytes = sizeOf(response);
      count('bytes', bytes);
      tell(String(response.status), ` ${bytes} bytes`);
      return response;
    } catch (error) {
      tell(describeFault(error), '');
      throw error;
    } finally {
      over();
    }
  };

const opened =
  (send: Send, open: Transport['open']): Send =>
  async (request) => {
    await open();
    return send(request);
  };

/** All layers, from the client's methods down to the wire. Credentials are added above them: see client.ts. */
export const withLayers = (
  {open, send: wire, timeouts, underWay}: Wire,
  {limits = [], pacing = {}, retry, maxConcurrentRequests, ...options}: LayerOptions,
  run: HttpRun,
): Send => {
  const {clock, ends} = run;
  const {maxBodyBytes = MAX_BODY_BYTES} = options;
  const policy = retryPolicyOf(retry);
  const {longest} = policy;
  const {hold} = openWaits(run, longest);
  const isPaced = pacing !== false;
  const quota = pacing === false ? {} : pacing;
  return compose(
    // First, so that each attempt passes all other layers again: it takes its turn like any request.
    (next) => withRetry(next, policy, run),
    // Sees each attempt and not only the last one, but before the attempt waits for anything or takes from a quota.
    (next) => withCircuitBreaker(next, {clock, hold, trialLimit: timeouts.total}),
    // A request that comes too late should not wait first.
    (next) => withDeadline(next, ends, clock),
    // Before the limits: all that they let go while the transport opens would be sent at once.
    (next) => opened(next, open),
    // What the API reports of its quotas comes before the declared limits, as it may ask for a wait of an hour: a request
    // should not take its turn there before that.
    layerIf(isPaced, (next) => withPacing(next, quota, {clock, hold, longest})),
    layerIf(isPaced, (next) => withQueryCost(next, quota, {clock, hold, longest})),
    layerIf(limits.length > 0, (next) => withLimits(next, limits, {clock, hold})),
    // After all limits: a request that waits for one is not under way, and takes no place from others.
    (next) => withConcurrency(next, maxConcurrentRequests, clock),
    // Once more after the last of the waits: that for a place ends with the requests that have one, not with the run.
    (next) => withDeadline(next, ends, clock),
    // From here on nothing waits. A response gets its action before any of the layers above looks at it.
    withRules,
    // Before the rules look at a response: one that was throttled with status 200 becomes a 429.
    withThrottled,
    // A body that was cut must not be taken for a response.
    (next) => withTruncationCheck(next, maxBodyBytes),
    // Last, so that it logs and counts what went over the wire.
    (next) => traced(next, underWay, run),
  )(wire);
};
