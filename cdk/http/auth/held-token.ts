// Holds a token: fetches it when it is needed, once for all requests that wait for it.
import {TransientError} from '../../errors.ts';
import type {Clock} from '../limits/clock.ts';
import type {RequestScope} from '../request-scope.ts';
import {actionOf} from '../response/action.ts';
import type {HttpRequest, HttpResponse, Send} from '../types.ts';

/** A token, or whatever else a login gives. */
export type Token<T = string> = {
  readonly value: T;
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
export const tokenOf = <T>(value: T, since: number, life: number | undefined): Token<T> => ({
  value,
  renewAt:
    life !== undefined && life > 0
      ? since + life - Math.min(LONGEST_LEAD, life / 10)
      : Number.POSITIVE_INFINITY,
});

/** Obtains a token for the request that needs it, in the scope of that request. */
type Obtain<T> = (scope: RequestScope) => Promise<Token<T>>;

export type HeldToken<T> = {
  readonly current: Obtain<T>;
  /** Replaces a token that the API refused by a new one, unless another request has already done so. */
  readonly insteadOf: (refused: Token<T>, scope: RequestScope) => Promise<Token<T>>;
};

/** Requests that wait at the same time share one `obtain`. Refused credentials are not tried again: some servers lock accounts. */
export const holdToken = <T>(obtain: Obtain<T>, {now}: Clock): HeldToken<T> => {
  let held: Token<T> | undefined;
  let pending: Promise<Token<T>> | undefined;
  let refusal: {readonly error: unknown} | undefined;

  const fetchOnce = async (scope: RequestScope): Promise<Token<T>> => {
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
  const renew: Obtain<T> = (scope) => {
    if (refusal !== undefined) throw refusal.error;
    pending ??= fetchOnce(scope);
    return pending;
  };
  const current: Obtain<T> = async (scope) =>
    held !== undefined && now() < held.renewAt ? held : renew(scope);
  return {
    current,
    insteadOf: async (refused, scope) => (held === refused ? renew(scope) : current(scope)),
  };
};

/** Sends with the token. If the response demands a new token (a 401, or by a rule), sends once more with a new one. */
export const sendWith =
  <T>(
    token: HeldToken<T>,
    sendAs: (request: HttpRequest, token: T) => Promise<HttpResponse>,
  ): Send =>
  async (request) => {
    const first = await token.current(request.scope);
    const response = await sendAs(request, first.value);
    if (actionOf(response) !== 'refresh-token') return response;
    const second = await token.insteadOf(first, request.scope);
    return sendAs(request, second.value);
  };

export const sendWithToken = (
  send: Send,
  token: HeldToken<string>,
  put: (request: HttpRequest, token: string) => HttpRequest,
): Send => sendWith(token, (request, value) => send(put(request, value)));
