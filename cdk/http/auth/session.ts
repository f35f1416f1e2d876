import {type ExactDuration, toMilliseconds} from '../../duration.ts';
import {ConfigError, SystemError} from '../../errors.ts';
import {isObject} from '../../json/values.ts';
import {setParameter} from '../query.ts';
import type {RequestScope} from '../request-scope.ts';
import {describeRequest, type HttpRequest, type HttpResponse, type Send} from '../types.ts';
import type {Auth, AuthRuntime} from './auth.ts';
import {type CookieJar, openCookieJar} from './cookies.ts';
import {isCsrfRefusal} from './csrf.ts';
import {holdToken, sendWith, type Token, tokenOf} from './held-token.ts';
import {type LoginClient, loginClient, registerSecret, type Steps} from './login-steps.ts';

type Values = Readonly<Record<string, string>>;

/** The result of a login: values that are sent with each request from then on. All of them are masked in logs. */
export type Session = {
  readonly headers?: Values;
  readonly query?: Values;
  /** Fields of the body, JSON or a form, by dot path: `{auth: token}` for JSON-RPC. A request without a body is an error. */
  readonly body?: Values;
  /** Besides those that the API set during the login, which are sent by themselves. */
  readonly cookies?: Values;
  /** The cookie that holds the session: the login runs again once it expires, or once the API deletes it. */
  readonly sessionCookie?: string;
  /** The session is renewed shortly before its end. Default: when the API refuses it. */
  readonly validFor?: ExactDuration;
};

/** A session in use. Without a jar no cookies are sent, since some APIs demand more of a request with cookies. */
type Opened = Session & {readonly jar?: CookieJar};

const setAt = (json: unknown, [key = '', ...rest]: readonly string[], value: string): unknown => {
  if (Array.isArray(json)) {
    const at = Number(key);
    return json.map((item, index) =>
      index === at ? (rest.length === 0 ? value : setAt(item, rest, value)) : item,
    );
  }
  const fields = isObject(json) ? json : {};
  return {...fields, [key]: rest.length === 0 ? value : setAt(fields[key], rest, value)};
};

const withBody = (request: HttpRequest, name: string, value: string): HttpRequest => {
  if (request.form) return {...request, form: {...request.form, [name]: value}};
  const json = request.json && setAt(request.json, name.split('.'), value);
  if (isObject(json)) return {...request, json};
  throw new SystemError(
    `${describeRequest(request)} has no body, so it can't carry the session in its field "${name}". Send it as a POST, or the session in the query or a header.`,
  );
};

const withCookies = (request: HttpRequest, {jar, cookies = {}}: Opened): HttpRequest => {
  const parts = [
    request.headers['cookie'] ?? '',
    jar?.headerFor(request.url) ?? '',
    ...Object.entries(cookies).map(([name, value]) => `${name}=${value}`),
  ].filter((part) => part !== '');
  return parts.length === 0
    ? request
    : {...request, headers: {...request.headers, cookie: parts.join('; ')}};
};

const withSession = (request: HttpRequest, session: Opened): HttpRequest => {
  const {headers = {}, query = {}, body = {}} = session;
  const url = new URL(request.url);
  for (const [name, value] of Object.entries(query)) setParameter(url, name, value);
  const own = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
  const signed = {
    ...request,
    ...(Object.keys(query).length > 0 && {url}),
    headers: {...request.headers, ...Object.fromEntries(own)},
  };
  return Object.entries(body).reduce(
    (next, [name, value]) => withBody(next, name, value),
    withCookies(signed, session),
  );
};

const CSRF_ADVICE =
  'The API refused the CSRF token of a new session too: the source has to send the one that the API expects.';

/** Each value is masked in all logs from then on, so an API that sets another one in each response must not fill the memory. */
const MOST_REPLACED = 100;

/** Sends with the session, and keeps the cookies that the API replaces. */
const sendIn = (send: Send, runtime: AuthRuntime) => {
  let replaced = 0;
  return async (request: HttpRequest, session: Opened): Promise<HttpResponse> => {
    const response = await send(withSession(request, session));
    const values = session.jar?.take(response, replaced >= MOST_REPLACED) ?? [];
    for (const value of values) registerSecret(value, runtime);
    replaced += values.length;
    return response.rule === undefined && isCsrfRefusal(response)
      ? {...response, rule: {action: 'refresh-token', failure: 'system_error', advice: CSRF_ADVICE}}
      : response;
  };
};

/** The life of the cookie limits that of the session. */
const tokenFor = (opened: Opened, since: number): Token<Opened> => {
  const {jar, sessionCookie = '', validFor} = opened;
  const token = tokenOf(opened, since, validFor && toMilliseconds('validFor', validFor));
  if (jar === undefined || sessionCookie === '') return token;
  return {
    value: opened,
    get renewAt() {
      const cookie = jar.find(sessionCookie);
      if (cookie === undefined) return 0;
      const {since: set, expires} = cookie;
      return Math.min(token.renewAt, tokenOf('', set, expires - set).renewAt);
    },
  };
};

const assertCookie = ({jar, sessionCookie}: Opened, {resolve}: AuthRuntime): void => {
  if (sessionCookie === undefined || jar?.find(sessionCookie) !== undefined) return;
  throw new ConfigError(
    `The login at ${resolve('').origin} set no cookie "${sessionCookie}", so it was refused: check the credentials in the config, and that this user may use the API.`,
  );
};

/** @param logIn also gets what it needs to send requests and read responses itself */
export const openSession =
  (logIn: (steps: Steps) => Promise<Opened>, credentials?: Auth): Auth =>
  (send, runtime) => {
    const {now} = runtime.clock;
    const within = credentials?.(runtime.send, runtime);
    const isOwn = (url: URL): boolean => url.origin === runtime.resolve('').origin;
    const sendLogin: Send = (request) =>
      within && isOwn(request.url) ? within(request) : runtime.send(request);
    const open = async (scope: RequestScope): Promise<Token<Opened>> => {
      const jar = openCookieJar(now);
      const since = now();
      const opened = await logIn({runtime, scope, jar, send: sendLogin});
      const {headers = {}, query = {}, body = {}, cookies = {}} = opened;
      for (const value of [headers, query, body, cookies].flatMap((part) => Object.values(part)))
        registerSecret(value, runtime);
      assertCookie(opened, runtime);
      return tokenFor(opened, since);
    };
    return sendWith(holdToken(open, runtime.clock), sendIn(within ?? send, runtime));
  };

/**
 * A login of any number of requests. The function gets a client without credentials, and returns what to send from then on;
 * cookies are sent by themselves. It runs before the first request, and once again after a 401, a stale CSRF token, or a rule
 * with `refresh-token`.
 * @param options `credentials` are sent with the login as well as with all other requests, such as `basic(…)`
 * @example session(async (http) => {
 *   const {headers} = await http.get('/', {headers: {'x-csrf-token': 'fetch'}});
 *   return {headers: {'x-csrf-token': headers['x-csrf-token'] ?? ''}};
 * }, {credentials: basic(config)})
 */
export const session = (
  logIn: (http: LoginClient) => Promise<Session>,
  {credentials}: {readonly credentials?: Auth} = {},
): Auth =>
  openSession(
    async (steps) => ({...(await logIn(loginClient(steps))), jar: steps.jar}),
    credentials,
  );
