// Limits the pending requests to each host, and finds the limit by trying.
import {SystemError} from '../../errors.ts';
import {actionOf} from '../response/action.ts';
import {isTransientFault} from '../response/faults.ts';
import type {HttpResponse, Send} from '../types.ts';
import type {Clock} from './clock.ts';

// Additive increase by time, multiplicative decrease. Time, not requests: after throttling, the limit grows again within
// seconds even if few requests succeed. https://en.wikipedia.org/wiki/Additive_increase/multiplicative_decrease
const FIRST = 2;
const MOST = 16;
/** The limit grows by one after this many milliseconds of full use. */
const STEP = 1_000;
/** The same near the limit that was too high before: each attempt there costs refused requests. */
const CAUTIOUS_STEP = 15_000;
const DECREASE = 0.7;

/** The limit of one host. */
type Gate = {
  limit: number;
  active: number;
  loweredAt: number;
  /** The time since which all slots are in use, or of the last raise; undefined if a slot is free. */
  fullSince: number | undefined;
  /** The limit that caused the last overload. */
  tooMuch: number;
  readonly waiting: (() => void)[];
};

const isOverload = (response: HttpResponse): boolean =>
  response.status === 503 || actionOf(response) === 'rate-limited';

/** Lowers the limit once for each overload: requests sent before the last lowering prove nothing new. */
const lower = (gate: Gate, sentAt: number, now: number): void => {
  if (sentAt <= gate.loweredAt) return;
  gate.tooMuch = gate.limit;
  gate.limit = Math.max(1, Math.floor(gate.limit * DECREASE));
  gate.loweredAt = now;
  gate.fullSince = now;
};

const raise = (gate: Gate, now: number): void => {
  const step = gate.limit + 1 < gate.tooMuch ? STEP : CAUTIOUS_STEP;
  if (gate.fullSince === undefined || now - gate.fullSince < step) return;
  gate.limit = Math.min(MOST, gate.limit + 1);
  gate.fullSince = now;
};

const enter = async (gate: Gate, now: () => number): Promise<void> => {
  if (gate.active >= gate.limit) await new Promise<void>((resolve) => gate.waiting.push(resolve));
  else gate.active += 1;
  if (gate.active >= gate.limit) gate.fullSince ??= now();
};

const leave = (gate: Gate): void => {
  gate.active -= 1;
  while (gate.active < gate.limit) {
    const next = gate.waiting.shift();
    if (next === undefined) {
      gate.fullSince = undefined;
      return;
    }
    gate.active += 1;
    next();
  }
};

/**
 * Limits the pending requests to each host. Requests that wait for a rate limit or a retry do not count. A request waits
 * here until a pending one ends, and each of those has its own time limit. After the run's end or an abort the waiting
 * requests fail one by one without being sent.
 * @param fixed a fixed limit; undefined: adapts to what the API can take
 */
export const withConcurrency = (
  send: Send,
  fixed: number | undefined,
  {now}: Pick<Clock, 'now'>,
): Send => {
  if (fixed !== undefined && !(Number.isInteger(fixed) && fixed >= 1)) {
    throw new SystemError(
      `\`maxConcurrentRequests\` of ${fixed} lets nothing through: it must be a whole number, 1 or more.`,
    );
  }
  const gates = new Map<string, Gate>();
  const gateOf = (host: string): Gate => {
    const gate = gates.get(host) ?? {
      limit: fixed ?? FIRST,
      active: 0,
      loweredAt: Number.NEGATIVE_INFINITY,
      fullSince: undefined,
      tooMuch: Number.POSITIVE_INFINITY,
      waiting: [],
    };
    gates.set(host, gate);
    return gate;
  };
  const learn = (gate: Gate, sentAt: number, overload: boolean): void => {
    if (fixed !== undefined) return;
    if (overload) lower(gate, sentAt, now());
    else raise(gate, now());
  };
  return async (request) => {
    const gate = gateOf(request.url.host);
    await enter(gate, now);
    const sentAt = now();
    try {
      const response = await send(request);
      learn(gate, sentAt, isOverload(response));
      return response;
    } catch (error) {
      if (isTransientFault(error)) learn(gate, sentAt, true);
      throw error;
    } finally {
      leave(gate);
    }
  };
};
