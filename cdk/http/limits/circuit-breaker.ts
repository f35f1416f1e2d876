// More requests only make it worse for an API that is down. After many failures nothing is sent for a while, then one
// trial request; each failed trial doubles the pause.
import {TransientError} from '../../errors.ts';
import {actionOf} from '../response/action.ts';
import {describeFault, describeStatus, isTransientFault} from '../response/faults.ts';
import type {HttpRequest, HttpResponse, Send} from '../types.ts';
import type {Clock} from './clock.ts';
import type {Waits} from './waits.ts';

// Smaller numbers than resilience4j's: a connector sends fewer requests than a service, and its run must end.
const WINDOW = 20;
const MIN_OUTCOMES = 10;
const FAILURE_SHARE = 0.5;
const FIRST_PAUSE = 30_000;
const LONGEST_PAUSE = 600_000;
/** After this many failed trials in a row requests fail instead of waiting, so that healthy streams can continue. */
const MAX_TRIALS = 3;

/** The requests of one stream to one host. */
type Circuit = {
  /** The latest outcomes, true for a failure; at most `WINDOW`. */
  readonly outcomes: boolean[];
  /** The time of the next trial; undefined while the circuit is closed. */
  openUntil: number | undefined;
  pause: number;
  failedTrials: number;
  /** The time at which the pending trial counts as failed: a trial that hangs must not block the circuit. */
  trialEnds: number | undefined;
  lastFault: string;
};

type BreakerContext = Pick<Waits, 'delay'> & {
  readonly clock: Clock;
  /** The longest duration of a trial, in milliseconds. */
  readonly trialLimit: number;
};

const closedCircuit = (): Circuit => ({
  outcomes: [],
  openUntil: undefined,
  pause: FIRST_PAUSE,
  failedTrials: 0,
  trialEnds: undefined,
  lastFault: '',
});

const isMostlyFailing = ({outcomes}: Circuit): boolean =>
  outcomes.length >= MIN_OUTCOMES &&
  outcomes.filter(Boolean).length >= FAILURE_SHARE * outcomes.length;

const open = (circuit: Circuit, now: number): void => {
  circuit.openUntil = now + circuit.pause;
  circuit.trialEnds = undefined;
};

/** Requests that were sent before the circuit opened prove nothing new. */
const settle = (circuit: Circuit, failed: boolean, isTrial: boolean, now: number): void => {
  if (isTrial && failed) {
    circuit.failedTrials += 1;
    circuit.pause = Math.min(LONGEST_PAUSE, circuit.pause * 2);
    open(circuit, now);
  } else if (isTrial) {
    Object.assign(circuit, closedCircuit());
  } else if (circuit.openUntil === undefined) {
    circuit.outcomes.push(failed);
    if (circuit.outcomes.length > WINDOW) circuit.outcomes.shift();
    if (isMostlyFailing(circuit)) open(circuit, now);
  }
};

const refuse = (request: HttpRequest, {lastFault, openUntil}: Circuit, now: number): Error =>
  new TransientError(
    `${request.url.origin} keeps failing (the last time with ${lastFault}), so nothing is sent there until ${new Date(openUntil ?? now).toISOString()}. ` +
      `Something is wrong with ${request.url.host}, or on the way to it: try again later.`,
  );

/** The fault that a response reports; undefined for success, null if it proves nothing about the server's health. */
const faultIn = (response: HttpResponse): string | undefined | null => {
  const action = actionOf(response);
  if (action === 'rate-limited') return null;
  return action === 'retry' ? describeStatus(response) : undefined;
};

export const withCircuitBreaker = (
  send: Send,
  {clock, delay, trialLimit}: BreakerContext,
): Send => {
  const circuits = new Map<string, Circuit>();
  /** Each stream has its own circuit: an endpoint that is broken for one stream must not fail the others. */
  const circuitOf = ({url, scope}: HttpRequest): Circuit => {
    const key = `${url.host} ${scope.name}`;
    const circuit = circuits.get(key) ?? closedCircuit();
    circuits.set(key, circuit);
    return circuit;
  };

  /** Waits until the request may be sent. Resolves to true if it is the trial. */
  const pass = async (request: HttpRequest, circuit: Circuit): Promise<boolean> => {
    for (;;) {
      const now = clock.now();
      if (circuit.openUntil === undefined) return false;
      const busyUntil = circuit.trialEnds ?? 0;
      const free = Math.max(circuit.openUntil, busyUntil);
      if (free <= now) {
        circuit.trialEnds = now + trialLimit;
        return true;
      }
      if (circuit.failedTrials >= MAX_TRIALS) throw refuse(request, circuit, now);
      // A pending trial may end at any time, so this is checked again each second.
      const ms = busyUntil > now ? Math.min(1_000, busyUntil - now) : free - now;
      await delay(request, ms, `${request.url.origin} keeps failing with ${circuit.lastFault}`);
    }
  };
  return async (request) => {
    const circuit = circuitOf(request);
    const isTrial = await pass(request, circuit);
    const finish = (fault: string | undefined | null): void => {
      if (fault) circuit.lastFault = fault;
      if (fault !== null) settle(circuit, fault !== undefined, isTrial, clock.now());
      else if (isTrial) circuit.trialEnds = undefined;
    };
    try {
      const response = await send(request);
      finish(faultIn(response));
      return response;
    } catch (error) {
      finish(isTransientFault(error) ? describeFault(error) : null);
      throw error;
    }
  };
};
