// The layers between a client's methods and the wire, in order.
import {withUtf8Refusal} from './decode/charset.ts';
import {withTruncationCheck} from './decode/truncation.ts';
import {withGraphqlErrors} from './graphql.ts';
import type {HttpRun} from './http-run.ts';
import type {InFlight} from './in-flight.ts';
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
import {describeWithQuery, type Send, sizeOf} from './types.ts';
import {MAX_BODY_BYTES} from './wire/body-limits.ts';
import type {Timeouts} from './wire/timeouts.ts';
import type {Transport, TransportOptions} from './wire/transport.ts';

export type LayerOptions = Pick<TransportOptions, 'maxBodyBytes'> & {
  /** The number of attempts, and the waits between them. */
  readonly retry?: RetryOptions;
  /** The API's documented limits: `[{requests: 100, per: {seconds: 60}}]`. All of them apply. */
  readonly limits?: readonly Limit[];
  /** Keeps within the quota that responses report; false if the API's headers are wrong. */
  readonly pacing?: PacingOptions | false;
  /**
   * The most pending requests to one host, for all streams together. Default: starts at 2 and grows up to 16 while the
   * API copes. The number of slices read at once is the source's `concurrency`.
   */
  readonly maxConcurrentRequests?: number;
};

type Wire = Pick<Transport, 'open' | 'send'> & {
  readonly timeouts: Pick<Timeouts, 'total'>;
  readonly inFlight: InFlight;
};

type Layer = (next: Send) => Send;

/** The first layer gets a request first, and its response last. */
const compose =
  (...layers: readonly Layer[]): Layer =>
  (wire) =>
    layers.reduceRight((next, layer) => layer(next), wire);

const layerIf = (isNeeded: boolean, layer: Layer): Layer => (isNeeded ? layer : (next) => next);

/** Logs a DEBUG line for each request, with its status or fault. */
const traced =
  (send: Send, inFlight: InFlight, {log, clock: {now}}: HttpRun): Send =>
  async (request) => {
    const {attempt, scope} = request;
    const attempted = attempt === undefined ? '' : `, attempt ${attempt}`;
    const sentAt = now();
    const report = (outcome: string, more: string): void =>
      log(
        'DEBUG',
        `${describeWithQuery(request)} ${outcome} ${now() - sentAt} ms${more}${attempted}`,
      );
    scope.count('requests');
    const end = inFlight.begin(request);
    try {
      const response = await send(request);
      const bytes = sizeOf(response);
      scope.count('bytes', bytes);
      report(String(response.status), ` ${bytes} bytes`);
      return response;
    } catch (error) {
      report(describeFault(error), '');
      throw error;
    } finally {
      end();
    }
  };

const opened =
  (send: Send, open: Transport['open']): Send =>
  async (request) => {
    await open();
    return send(request);
  };

/** All layers down to the wire. Credentials are added above them, in client.ts. */
export const withLayers = (
  {open, send: wire, timeouts, inFlight}: Wire,
  {limits = [], pacing = {}, retry, maxConcurrentRequests, ...options}: LayerOptions,
  run: HttpRun,
): Send => {
  const {clock, ends} = run;
  const {maxBodyBytes = MAX_BODY_BYTES} = options;
  const policy = retryPolicyOf(retry);
  const {longest} = policy;
  const {delay} = openWaits(run, longest);
  const isPaced = pacing !== false;
  const quota = pacing || {};
  return compose(
    // First, so that each attempt passes all other layers again and waits for its limits like any request.
    (next) => withRetry(next, policy, run),
    // Sees each attempt and not only the last one, before the attempt waits for anything or takes from a quota.
    (next) => withCircuitBreaker(next, {clock, delay, trialLimit: timeouts.total}),
    // Before the waits: a request after the deadline should fail without waiting.
    (next) => withDeadline(next, ends, clock),
    // Before the limits: otherwise the requests that they release while the transport opens would be sent all at once.
    (next) => opened(next, open),
    // Reported quotas before declared limits: they may require an hour's wait, and a token taken before it would be stale.
    layerIf(isPaced, (next) => withPacing(next, quota, {clock, delay, longest})),
    layerIf(isPaced, (next) => withQueryCost(next, quota, {clock, delay, longest})),
    layerIf(limits.length > 0, (next) => withLimits(next, limits, {clock, delay})),
    // After all limits: a request that waits for a limit does not occupy a slot.
    (next) => withConcurrency(next, maxConcurrentRequests, clock),
    // Again after the wait for a slot, which ends with the requests that have one, not with the run.
    (next) => withDeadline(next, ends, clock),
    // No layer below waits. A response gets its action before any layer above reads it.
    withRules,
    // Before the rules see the response, so that those of the source count more.
    withGraphqlErrors,
    // Before anything searches the body for a reason.
    (next) => async (request) => withUtf8Refusal(await next(request)),
    (next) => withTruncationCheck(next, maxBodyBytes),
    // Last, so that it logs and counts exactly what went over the wire.
    (next) => traced(next, inFlight, run),
  )(wire);
};
