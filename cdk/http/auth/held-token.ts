// A token that is fetched when it is needed, once for everyone who waits for it.
import {TransientError} from '../../errors.ts';
import type {Clock} from '../limits/clock.ts';
import {actionOf} from '../response/action.ts';
import type {RequestScope} from '../scope.ts';
import type {HttpRequest, Send} from '../types.ts';

export type Token = {
  readonly value: string;
  /** Epoch milliseconds; Infinity where nobody says how long it lives. */
  readonly renewAt: number;
};

/** Ahead of the end by a tenth of the token's life, a minute at most: a request under way must still arrive in time. */
const LONGEST_LEAD = 60_000;

/**
 * @param since when the request for it was sent: counted from there, and by our own clock alone, a token is never
 *   older than we think, however far the server's clock is off
 */
export const tokenOf = (value: string, since: number, life: number | undefined): Token => ({
  value,
  renewAt:
    life !== undefined && life > 0
      ? since + life - Math.min(LONGEST_LEAD, life / 10)
      : Number.POSITIVE_INFINITY,
});

/** Obtains a token for the request that needs it, whose scope it is handed. */
type Obtain = (scope: RequestScope) => Promise<Token>;

export type HeldToken = {
  readonly current: Obtain;
  /** What to use instead of a token that the API refused: a new one, unless another request has fetched it already. */
  readonly insteadOf: (refused: Token, scope: RequestScope) => Promise<Token>;
};

/**
 * Holds what `obtain` brings. One that several requests wait for is obtained for the first of them. Refused credentials are
 * not tried again: some servers lock an account for that.
 */
export const holdToken = (obtain: Obtain, {now}: Clock): HeldToken => {
  let held: Token | undefined;
  let pending: Promise<Token> | undefined;
  let refusal: {readonly error: unknown} | undefined;

  const fetchOnce = async (scope: RequestScope): Promise<Token> => {
    try {
      held = await obtain(scope);
      return held;
    } catch (error) {
      if (!(error instanceof TransientError)) refusal = {error};
      throw error;
    } finally {
      pending = undefined;
    }
  };
  const renew: Obtain = (scope) => {
    if (refusal !== undefined) throw refusal.error;
    pending ??= fetchOnce(scope);
    return pending;
  };
  const current: Obtain = async (scope) =>
    held !== undefined && now() < held.renewAt ? held : renew(scope);
  return {
    current,
    insteadOf: async (refused, scope) => (held === refused ? renew(scope) : current(scope)),
  };
};

/** Sends with the token; where the API answers 401, or what a rule says, once more with a new one. A second 401 stands. */
export const sendWithToken =
  (send: Send, token: HeldToken, put: (request: HttpRequest, token: string) => HttpRequest): Send =>
  async (request) => {
    const first = await token.current(request.scope);
    const response = await send(put(request, first.value));
    if (actionOf(response) !== 'refresh-token') return response;
    const second = await token.insteadOf(first, request.scope);
    return send(put(request, second.value));
  };
