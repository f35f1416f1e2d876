import {refusal} from '../response/faults.ts';
import type {Auth, AuthRuntime} from './auth.ts';
import {setHeader} from './header.ts';
import {holdToken, sendWithToken, type Token, tokenOf} from './held-token.ts';
import {fieldOf, postOf, type TokenPlace, tokenIn} from './post.ts';
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
      readonly token: TokenPlace;
      /** The path of the field that says when the token ends, as a date. */
      readonly expiresAt?: string;
    };

export type Jwt = SigningKey & {
  /** `iat` and `exp` are added. For a token endpoint `aud` is its URL unless given. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** Such as `{kid: …}`. */
  readonly header?: Readonly<Record<string, string>>;
  /** How long a signed token lives, in seconds from its `iat`; 300 unless said otherwise. */
  readonly life?: number;
  /** What stands before the token in the Authorization header; `Bearer` unless said otherwise. */
  readonly prefix?: string;
  readonly exchange?: JwtExchange;
};

const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const DEFAULT_LIFE = 300;

type Sign = (claims: Readonly<Record<string, unknown>>) => Promise<Token>;

const signerOf = (
  {claims, header = {}, life = DEFAULT_LIFE, ...key}: Jwt,
  runtime: AuthRuntime,
) => {
  const sign = openSigner(key);
  return async (more: Readonly<Record<string, unknown>>): Promise<Token> => {
    const now = runtime.clock.now();
    const {iat, exp} = validity(now, life);
    const signed = await sign(header, {iat, exp, ...more, ...claims});
    runtime.onSecret(signed);
    return tokenOf(signed, now, exp * 1_000 - now);
  };
};

const exchanged = async (
  sign: Sign,
  exchange: JwtExchange,
  runtime: AuthRuntime,
): Promise<Token> => {
  const {clock, send, resolve, onSecret} = runtime;
  const sentAt = clock.now();
  if ('tokenUrl' in exchange) {
    const tokenUrl = resolve(exchange.tokenUrl);
    const {value: assertion} = await sign({aud: tokenUrl.href});
    const parameters = {assertion, ...(exchange.scope !== undefined && {scope: exchange.scope})};
    // The assertion says who asks: RFC 7523 §3.1 makes any other proof of the client optional.
    const client = {clientId: 'unused', clientAuth: () => {}};
    const answer = await requestToken({tokenUrl, grant: GRANT, parameters, ...client}, send);
    onSecret(answer.access_token);
    const life = answer.expires_in === undefined ? undefined : answer.expires_in * 1_000;
    return tokenOf(answer.access_token, sentAt, life);
  }
  const {value: signed} = await sign({});
  const request = postOf(resolve(exchange.path), undefined, {authorization: `Bearer ${signed}`});
  const response = await send(request);
  if (response.status >= 300) throw refusal(request, response);
  const token = tokenIn(request, response, exchange.token);
  onSecret(token);
  const end =
    exchange.expiresAt === undefined ? '' : String(fieldOf(request, response, exchange.expiresAt));
  return tokenOf(token, sentAt, Date.parse(end) - clock.now() || undefined);
};

/** Tokens that the source signs itself (RFC 7519), used as they are or exchanged for what the API takes. */
export const jwt =
  (options: Jwt): Auth =>
  (send, runtime) => {
    const {key, prefix = 'Bearer', exchange} = options;
    runtime.onSecret(key);
    const sign = signerOf(options, runtime);
    const obtain = () => (exchange === undefined ? sign({}) : exchanged(sign, exchange, runtime));
    return sendWithToken(send, holdToken(obtain, runtime.clock), (request, value) =>
      setHeader(request, 'authorization', `${prefix} ${value}`),
    );
  };
