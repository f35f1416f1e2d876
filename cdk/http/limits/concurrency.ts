// How many requests are under way at once: as many as an API takes, found out by trying.
import {SystemError} from '../../errors.ts';
import {actionOf} from '../response/action.ts';
import {isTransientFault} from '../response/faults.ts';
import type {HttpResponse, Send} from '../types.ts';
import type {Clock} from './clock.ts';

// Additive increase by time, multiplicative decrease: an API that was throttling once is tried again within seconds,
// however few requests go through meanwhile. https://en.wikipedia.org/wiki/Additive_increase/multiplicative_decrease
const FIRST = 2;
const MOST = 16;
/** One more after so many milliseconds in which all were in use. */
const STEP = 1_000;
/** The same where one more was too much the last time: it may be so no longer, but each try costs refusals. */
const CAUTIOUS_STEP = 15_000;
const DECREASE = 0.7;

/** The limit of one host. */
type Gate = {
  limit: number;
  active: number;
  /** When the limit was lowered last: what was sent before that tells nothing new. */
  loweredAt: number;
  /** Since when all have been in use, or the limit was raised; undefined while not all are. */
  fullSince: number | undefined;
  /** What was too much the last time. */
  tooMuch: number;
  readonly waiting: (() => void)[];
};

/** What says that there is too much at once: throttling, 503, and answers that do not come in time. */
const isOverload = (outcome: HttpResponse | undefined, fault: unknown): boolean =>
  outcome === undefined
    ? isTransientFault(fault)
    : outcome.status === 503 || actionOf(outcome) === 'rate-limited';

/** Of several requests that meet the same overload only the first lowers the limit: the others were sent before that. */
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
 * Lets only so many requests to a host be under way at once. Who waits for a limit or a retry is not under way. The wait
 * here ends when one of those that are does, and each of them has its own time limit; behind the run's end, or an abort,
 * those who wait fail one after the other without being sent.
 * @param fixed as many as these, whatever happens; undefined: from two on, as many as the API takes
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
      learn(gate, sentAt, isOverload(response, undefined));
      return response;
    } catch (error) {
      if (isOverload(undefined, error)) learn(gate, sentAt, true);
      throw error;
    } finally {
      leave(gate);
    }
  };
};
