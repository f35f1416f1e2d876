// Against an API that is down, more requests only add to what keeps it down. Behind a run of failures nothing is sent for a
// while, then one request tries; as long as it fails, too, the pauses double.
import {TransientError} from '../../errors.ts';
import {actionOf} from '../response/action.ts';
import {describeFault, isTransientFault} from '../response/faults.ts';
import type {HttpRequest, HttpResponse, Send} from '../types.ts';
import type {Clock} from './clock.ts';
import type {Waits} from './waits.ts';

/** The numbers of resilience4j, smaller: a connector sends fewer requests than a service, and must end some day. */
const WINDOW = 20;
const LEAST = 10;
const SHARE = 0.5;
const FIRST_PAUSE = 30_000;
const LONGEST_PAUSE = 600_000;
/** Behind so many failed trials in a row nobody waits for the next one: the streams that are well go on meanwhile. */
const PATIENCE = 3;

/** How requests of one stream to one host fare. */
type Circuit = {
  /** The latest outcomes, true for a failure; at most `WINDOW`. */
  readonly outcomes: boolean[];
  /** When the next trial may go; undefined while the circuit is closed. */
  openUntil: number | undefined;
  pause: number;
  failedTrials: number;
  /** When the trial that is under way counts as failed: one that hangs must not keep the circuit for itself. */
  trialEnds: number | undefined;
  lastFault: string;
};

type BreakerContext = Pick<Waits, 'hold'> & {
  readonly clock: Clock;
  /** How long a trial may take, in milliseconds. */
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
  outcomes.length >= LEAST && outcomes.filter(Boolean).length >= SHARE * outcomes.length;

const open = (circuit: Circuit, now: number): void => {
  circuit.openUntil = now + circuit.pause;
  circuit.trialEnds = undefined;
};

const close = (circuit: Circuit): void => void Object.assign(circuit, closedCircuit());

/** Who was sent before the circuit opened tells nothing new. */
const note = (circuit: Circuit, failed: boolean, isTrial: boolean, now: number): void => {
  if (isTrial && failed) {
    circuit.failedTrials += 1;
    circuit.pause = Math.min(LONGEST_PAUSE, circuit.pause * 2);
    open(circuit, now);
  } else if (isTrial) {
    close(circuit);
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

/** The failure that an outcome is, in a word; undefined for success, null for what says nothing of the server's health. */
const faultIn = (response: HttpResponse): string | undefined | null => {
  const meaning = actionOf(response);
  if (meaning === 'rate-limited') return null;
  return meaning === 'retry' ? String(response.status) : undefined;
};

export const withCircuitBreaker = (send: Send, {clock, hold, trialLimit}: BreakerContext): Send => {
  const circuits = new Map<string, Circuit>();
  /** One for each stream: an endpoint that is broken for one must not end the others. */
  const circuitOf = ({url, scope}: HttpRequest): Circuit => {
    const key = `${url.host} ${scope.name}`;
    const circuit = circuits.get(key) ?? closedCircuit();
    circuits.set(key, circuit);
    return circuit;
  };

  /** Resolves when the request may go: whether as the trial. */
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
      if (circuit.failedTrials >= PATIENCE) throw refuse(request, circuit, now);
      // While a trial is under way it is asked again each second: it may end any time.
      const ms = busyUntil > now ? Math.min(1_000, busyUntil - now) : free - now;
      await hold(request, ms, `${request.url.origin} keeps failing with ${circuit.lastFault}`);
    }
  };
  return async (request) => {
    const circuit = circuitOf(request);
    const isTrial = await pass(request, circuit);
    const settle = (fault: string | undefined | null): void => {
      if (fault) circuit.lastFault = fault;
      if (fault !== null) note(circuit, fault !== undefined, isTrial, clock.now());
      else if (isTrial) circuit.trialEnds = undefined;
    };
    try {
      const response = await send(request);
      settle(faultIn(response));
      return response;
    } catch (error) {
      settle(isTransientFault(error) ? describeFault(error) : null);
      throw error;
    }
  };
};
