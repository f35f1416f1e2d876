import {type ExactDuration, toMilliseconds} from '../../duration.ts';
import {valueAt} from '../../json/values.ts';
import {decodeJson} from '../decode/json.ts';
import type {RequestScope} from '../request-scope.ts';
import {actionOf} from '../response/action.ts';
import {refusal} from '../response/faults.ts';
import type {HttpRequest} from '../types.ts';
import type {Auth, AuthRuntime} from './auth.ts';
import {setHeader} from './header.ts';
import {holdToken, sendWithToken, type Token, tokenOf} from './held-token.ts';
import {type TokenLocation, tokenIn} from './login.ts';
import {openSigner, type SigningKey, validity} from './signing.ts';
import {requestToken} from './token-endpoint.ts';

/** Exchanges the signed token for one that the API accepts. */
type JwtExchange =
  | {
      /** An OAuth 2 token endpoint: the JWT bearer grant (RFC 7523), as Google's service accounts use it. */
      readonly tokenUrl: string;
      readonly scope?: string;
    }
  | {
      /** Any other endpoint that takes a POST with the signed token as its bearer, such as a GitHub App's installation. */
      readonly path: string;
      readonly token: TokenLocation;
      /** The path of the field with the token's end, a date. Default: the token is renewed after a 401. */
      readonly expiresAt?: string;
    };

export type Jwt = SigningKey & {
  /** `iat` and `exp` are added, and for a token endpoint its URL as `aud`, unless given. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** Such as `{kid: …}`. */
  readonly header?: Readonly<Record<string, string>>;
  /** The validity of a signed token, counted from its `iat`. Default five minutes. */
  readonly life?: ExactDuration;
  /** The word before the token in the Authorization header. Default `Bearer`. */
  readonly prefix?: string;
  readonly exchange?: JwtExchange;
};

const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

type Sign = (claims: Readonly<Record<string, unknown>>) => Promise<Token>;

const signerOf = (
  {claims, header = {}, life = {minutes: 5}, ...key}: Jwt,
  runtime: AuthRuntime,
) => {
  const sign = openSigner(key);
  const seconds = Math.floor(toMilliseconds('life', life) / 1_000);
  return async (more: Readonly<Record<string, unknown>>): Promise<Token> => {
    const now = runtime.clock.now();
    const {iat, exp} = validity(now, seconds);
    const signed = await sign(header, {iat, exp, ...more, ...claims});
    runtime.onSecret(signed);
    return tokenOf(signed, now, exp * 1_000 - now);
  };
};

const exchanged = async (
  sign: Sign,
  exchange: JwtExchange,
  runtime: AuthRuntime,
  scope: RequestScope,
): Promise<Token> => {
  const {clock, send, resolve, onSecret} = runtime;
  const sentAt = clock.now();
  if ('tokenUrl' in exchange) {
    const tokenUrl = resolve(exchange.tokenUrl);
    const {value: assertion} = await sign({aud: tokenUrl.href});
    const parameters = {assertion, ...(exchange.scope !== undefined && {scope: exchange.scope})};
    // The assertion identifies the client: RFC 7523 §3.1 makes any other client authentication optional.
    const client = {clientId: 'unused', clientAuth: () => {}};
    const granted = await requestToken(
      {scope, tokenUrl, grant: GRANT, parameters, ...client},
      runtime,
    );
    onSecret(granted.access_token);
    const life = granted.expires_in === undefined ? undefined : granted.expires_in * 1_000;
    return tokenOf(granted.access_token, sentAt, life);
  }
  const {value: signed} = await sign({});
  const request: HttpRequest = {
    method: 'POST',
    url: resolve(exchange.path),
    scope,
    headers: {
      'user-agent': 'headwater',
      accept: 'application/json',
      authorization: `Bearer ${signed}`,
    },
    redirect: 'refuse',
  };
  const response = await send(request);
  if (actionOf(response) !== 'success')
    throw runtime.explain?.(response) ?? refusal(request, response);
  const token = tokenIn(request, response, exchange.token, runtime);
  onSecret(token);
  const end =
    exchange.expiresAt === undefined
      ? ''
      : String(valueAt(decodeJson(request, response), exchange.expiresAt));
  return tokenOf(token, sentAt, Date.parse(end) - clock.now() || undefined);
};

/**
 * Tokens that the source signs itself (RFC 7519), used directly or exchanged for the API's own. A key that cannot sign is
 * a config error at the first request.
 */
export const jwt =
  (options: Jwt): Auth =>
  (send, runtime) => {
    const {key, prefix = 'Bearer', exchange} = options;
    runtime.onSecret(key);
    const sign = signerOf(options, runtime);
    const obtain = (scope: RequestScope) =>
      exchange === undefined ? sign({}) : exchanged(sign, exchange, runtime, scope);
    return sendWithToken(send, holdToken(obtain, runtime.clock), (request, value) =>
      setHeader(request, 'authorization', `${prefix} ${value}`),
    );
  };
