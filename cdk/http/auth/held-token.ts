// Holds a token: fetches it when it is needed, once for all requests that wait for it.
import {TransientError} from '../../errors.ts';
import type {Clock} from '../limits/clock.ts';
import type {RequestScope} from '../request-scope.ts';
import {actionOf} from '../response/action.ts';
import type {HttpRequest, Send} from '../types.ts';

export type Token = {
  readonly value: string;
  /** Epoch milliseconds; Infinity if its lifetime is unknown. */
  readonly renewAt: number;
};

/** A token is renewed a tenth of its life before its end, a minute at most, so that pending requests still arrive in time. */
const LONGEST_LEAD = 60_000;

/**
 * @param since the time at which the token was requested, by our own clock: so a token is never older than we think,
 *   however wrong the server's clock is
 * @param life in milliseconds; undefined if unknown
 */
export const tokenOf = (value: string, since: number, life: number | undefined): Token => ({
  value,
  renewAt:
    life !== undefined && life > 0
      ? since + life - Math.min(LONGEST_LEAD, life / 10)
      : Number.POSITIVE_INFINITY,
});

/** Obtains a token for the request that needs it, in the scope of that request. */
type Obtain = (scope: RequestScope) => Promise<Token>;

export type HeldToken = {
  readonly current: Obtain;
  /** Replaces a token that the API refused by a new one, unless another request has already done so. */
  readonly insteadOf: (refused: Token, scope: RequestScope) => Promise<Token>;
};

/** Requests that wait at the same time share one `obtain`. Refused credentials are not tried again: some servers lock accounts. */
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

/** Sends with the token. If the response demands a new token (a 401, or by a rule), sends once more with a new one. */
export const sendWithToken =
  (send: Send, token: HeldToken, put: (request: HttpRequest, token: string) => HttpRequest): Send =>
  async (request) => {
    const first = await token.current(request.scope);
    const response = await send(put(request, first.value));
    if (actionOf(response) !== 'refresh-token') return response;
    const second = await token.insteadOf(first, request.scope);
    return send(put(request, second.value));
  };
