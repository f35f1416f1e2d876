import {type ExactDuration, toMilliseconds} from '../../duration.ts';
import {refusal} from '../response/faults.ts';
import type {RequestScope} from '../scope.ts';
import type {Auth, AuthRuntime} from './auth.ts';
import {setHeader} from './header.ts';
import {holdToken, sendWithToken, type Token, tokenOf} from './held-token.ts';
import {fieldInResponse, postOf, type TokenLocation, tokenIn} from './post.ts';
import {openSigner, type SigningKey, validity} from './signing.ts';
import {requestToken} from './token-endpoint.ts';

/** Where the signed token is exchanged for the one that the API takes. */
type JwtExchange =
  | {
      /** An OAuth 2 token endpoint: the JWT bearer grant (RFC 7523), as Google's service accounts use it. */
      readonly tokenUrl: string;
      readonly scope?: string;
    }
  | {
      /** Something else that takes a POST with the signed token as its bearer, as a GitHub App's installation does. */
      readonly path: string;
      readonly token: TokenLocation;
      /** The path of the field that says when the token ends, as a date. */
      readonly expiresAt?: string;
    };

export type Jwt = SigningKey & {
  /** `iat` and `exp` are added. For a token endpoint `aud` is its URL unless given. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** Such as `{kid: …}`. */
  readonly header?: Readonly<Record<string, string>>;
  /** How long a signed token is valid, counted from its `iat`. Default five minutes. */
  readonly life?: ExactDuration;
  /** What stands before the token in the Authorization header; `Bearer` unless said otherwise. */
  readonly prefix?: string;
  readonly exchange?: JwtExchange;
};

const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const DEFAULT_LIFE: ExactDuration = {minutes: 5};

type Sign = (claims: Readonly<Record<string, unknown>>) => Promise<Token>;

const signerOf = (
  {claims, header = {}, life = DEFAULT_LIFE, ...key}: Jwt,
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
    // The assertion says who asks: RFC 7523 §3.1 makes any other proof of the client optional.
    const client = {clientId: 'unused', clientAuth: () => {}};
    const granted = await requestToken(
      {scope, tokenUrl, grant: GRANT, parameters, ...client},
      send,
    );
    onSecret(granted.access_token);
    const life = granted.expires_in === undefined ? undefined : granted.expires_in * 1_000;
    return tokenOf(granted.access_token, sentAt, life);
  }
  const {value: signed} = await sign({});
  const headers = {authorization: `Bearer ${signed}`};
  const request = postOf(scope, resolve(exchange.path), undefined, headers);
  const response = await send(request);
  if (response.status >= 300) throw refusal(request, response);
  const token = tokenIn(request, response, exchange.token);
  onSecret(token);
  const end =
    exchange.expiresAt === undefined
      ? ''
      : String(fieldInResponse(request, response, exchange.expiresAt));
  return tokenOf(token, sentAt, Date.parse(end) - clock.now() || undefined);
};

/** Tokens that the source signs itself (RFC 7519), used as they are or exchanged for what the API takes. */
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
