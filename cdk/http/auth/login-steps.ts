// The requests of a login: their secrets are masked, their cookies are kept, and a refusal is an error in the API's words.
import {ConfigError, messageOf} from '../../errors.ts';
import {asOne, decodeResponse} from '../decode/decode-response.ts';
import type {Decoder} from '../decode/decoder.ts';
import {json as jsonDecoder} from '../decode/json.ts';
import {isTruncation} from '../decode/truncated-body.ts';
import {type Query, setParameter} from '../query.ts';
import type {RequestScope} from '../request-scope.ts';
import {namesLoginSecret} from '../secret-names.ts';
import type {HttpRequest, HttpResponse, ResponseRule, Send} from '../types.ts';
import {MAX_BODY_BYTES} from '../wire/body-limits.ts';
import type {AuthRuntime} from './auth.ts';
import type {CookieJar} from './cookies.ts';
import {assertNotRefused, notReadable} from './login.ts';

/** One request of a login, with a body in JSON or of form fields. */
export type LoginRequest = Pick<HttpRequest, 'json' | 'form'> & {
  readonly query?: Query;
  readonly headers?: Readonly<Record<string, string>>;
  /** For this request only, before those of `connect`: `success` lets a status pass that would be a refusal. */
  readonly rules?: readonly ResponseRule[];
};

type LoginResponse = {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: HttpResponse['headers'];
  /** All cookies of this login so far, by name. They are sent by themselves. */
  readonly cookies: Readonly<Record<string, string>>;
  readonly text: string;
  /** The JSON of the body, or the result of another decoder. `T` is your claim about the API. */
  readonly content: <T>(decoder?: Decoder) => Promise<T>;
};

/** Sends the requests of a login. Paths are under the API's base, or absolute URLs. A refusal is thrown. */
export type LoginClient = {
  readonly get: (path: string, options?: LoginRequest) => Promise<LoginResponse>;
  /** A redirect is not followed: it is a refusal, unless a rule says `success`. */
  readonly post: (path: string, options?: LoginRequest) => Promise<LoginResponse>;
};

/** Also those of nested objects: JSON-RPC has them in `params`. */
const secretsIn = (fields: unknown): readonly string[] =>
  typeof fields !== 'object' || fields === null
    ? []
    : Object.entries(fields).flatMap(([name, value]) =>
        namesLoginSecret(name) && typeof value === 'string' ? [value] : secretsIn(value),
      );

/** Values that are in any log by chance. */
const COMMON =
  /^(true|false|yes|no|on|off|null|none|deleted|[a-z]{2}([-_][a-z]{2})?|.{0,2}|\d{1,4})$/i;

/** The secret in a header, a cookie or a parameter: also without a word before it, as in `Bearer …`. */
export const registerSecret = (value: string, {onSecret}: Pick<AuthRuntime, 'onSecret'>): void => {
  for (const part of [value, value.split(' ').at(-1) ?? '']) {
    if (!COMMON.test(part)) onSecret(part);
  }
};

export type Steps = {
  readonly runtime: AuthRuntime;
  readonly scope: RequestScope;
  readonly jar: CookieJar;
  /** Sends a request of the login. */
  readonly send: Send;
};

type Step = {readonly request: HttpRequest; readonly response: HttpResponse};

const ACCEPT = 'application/json, */*;q=0.5';

/** Sends one request of a login; the response may be a refusal. */
export const sendStep = async (
  {runtime, scope, jar, send}: Steps,
  method: 'GET' | 'POST',
  path: string,
  {query = {}, headers = {}, json, form, rules}: LoginRequest,
): Promise<Step> => {
  const url = runtime.resolve(path);
  for (const [name, value] of Object.entries(query)) setParameter(url, name, value);
  for (const secret of secretsIn({query, headers, json, form})) {
    runtime.onSecret(secret);
    registerSecret(secret, runtime);
  }
  const cookie = jar.headerFor(url);
  const own = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
  const request: HttpRequest = {
    method,
    url,
    scope,
    headers: {
      'user-agent': 'headwater',
      accept: ACCEPT,
      ...(cookie !== '' && {cookie}),
      ...Object.fromEntries(own),
    },
    ...(json && {json}),
    ...(form && {form}),
    ...(rules && {rules}),
    ...(method === 'POST' && {redirect: 'refuse'}),
  };
  const response = await send(request);
  for (const value of jar.take(response)) registerSecret(value, runtime);
  return {request, response};
};

const contentOf = async ({request, response}: Step, runtime: AuthRuntime, decoder: Decoder) => {
  try {
    const {documents} = await decodeResponse(request, response, decoder, MAX_BODY_BYTES);
    return asOne(documents);
  } catch (cause) {
    if (isTruncation(cause)) throw cause;
    if (decoder === jsonDecoder()) throw notReadable(request, response, runtime);
    throw runtime.explain?.(response) ?? new ConfigError(messageOf(cause), {cause});
  }
};

/** The client of one login. */
export const loginClient = (steps: Steps): LoginClient => {
  const {runtime, jar} = steps;
  const ask =
    (method: 'GET' | 'POST') =>
    async (path: string, options: LoginRequest = {}): Promise<LoginResponse> => {
      const step = await sendStep(steps, method, path, options);
      const {request, response} = step;
      assertNotRefused(request, response, runtime);
      return {
        status: response.status,
        headers: response.headers,
        cookies: jar.values(),
        text: response.body.toString('utf8'),
        content: async <T>(decoder: Decoder = jsonDecoder()) =>
          (await contentOf(step, runtime, decoder)) as T, // the author's claim
      };
    };
  return {get: ask('GET'), post: ask('POST')};
};
