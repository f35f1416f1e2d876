import type {Auth} from './auth.ts';
import {isPassed, type TokenLocation, tokenIn, withoutCookie} from './login.ts';
import {type LoginRequest, sendStep} from './login-steps.ts';
import {openSession, type Session} from './session.ts';

/** The place of the token: a header, the query, a cookie, or a field of each body by its dot path. */
type TokenUse =
  /** The prefix comes right before the token, so it includes a space if there is one. */
  | {readonly header: string; readonly prefix?: string}
  | {readonly query: string}
  | {readonly cookie: string}
  | {readonly body: string};

type Login = {
  /** The request that logs in, a POST by default. The path is under the API's base, or an absolute URL. */
  readonly login: LoginRequest & {readonly path: string; readonly method?: 'GET' | 'POST'};
};

type WithToken = Login & {readonly token: TokenLocation; readonly send: TokenUse};

type WithCookie = Login & {
  /** A cookie that the login sets. It is sent by itself, with all others that the API sets. */
  readonly token: {readonly cookie: string};
  /** The place of its value besides, if the API wants it there too. */
  readonly send?: TokenUse;
};

export type SessionToken = WithToken | WithCookie;

const isInCookie = (options: SessionToken): options is WithCookie =>
  typeof options.token === 'object' && 'cookie' in options.token;

const asSession = (use: TokenUse, token: string): Session => {
  if ('query' in use) return {query: {[use.query]: token}};
  if ('cookie' in use) return {cookies: {[use.cookie]: token}};
  if ('body' in use) return {body: {[use.body]: token}};
  return {headers: {[use.header]: `${use.prefix ?? ''}${token}`}};
};

/**
 * Logs in before the first request, sends the token with each, and logs in again once after a 401. For a login of several
 * requests, or more than one value to send, see `session`.
 */
export const sessionToken = (options: SessionToken): Auth =>
  openSession(async (steps) => {
    const {runtime, jar} = steps;
    const {path, method = 'POST', ...login} = options.login;
    const {request, response} = await sendStep(steps, method, path, login);
    if (!isInCookie(options)) {
      const token = tokenIn(request, response, options.token, runtime);
      return asSession(options.send, token);
    }
    const {token, send} = options;
    const value = jar.find(token.cookie)?.value;
    if (value === undefined || !isPassed(request, response))
      throw withoutCookie(request, response, token.cookie, runtime);
    return {jar, sessionCookie: token.cookie, ...(send && asSession(send, value))};
  });
