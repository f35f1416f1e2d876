// Requests, made of what a caller asks and of what the API wants of all of them.
import {randomUUID} from 'node:crypto';
import type {JsonObject} from '../json/values.ts';
import type {Decoder} from './decode/decoder.ts';
import {json as jsonDecoder} from './decode/json.ts';
import {wholeFor} from './decode/truncation.ts';
import {type Query, setParameter} from './query.ts';
import type {HttpRequest, ResponseRule} from './types.ts';

type AskOptions = {
  readonly query?: Query;
  /** For this request only; they go before those of the client. */
  readonly rules?: readonly ResponseRule[];
};

export type GetOptions = AskOptions & {
  /** Makes the request a POST with this as its JSON: for APIs that search by POST. It must change nothing there. */
  readonly json?: JsonObject;
  /** How the body is read: `csv()`, `xml()`, `jsonLines()`; default `json()`. Gzip and zip files are unpacked first. */
  readonly decode?: Decoder;
};

export type PostOptions = AskOptions & {
  readonly json?: JsonObject;
  /**
   * The header in which the API takes a key that makes several attempts count as one, such as `Idempotency-Key`. The
   * kit draws the key, and sends the request again where a GET would be. Without it that is only done where the server
   * can not have acted on it: the connection never stood, or it answered that it is over its limit.
   */
  readonly idempotencyKey?: string;
};

/** Paths are appended to the base, whose own path stays: `/user` under `https://host/api/v3` is `/api/v3/user`, '' the base. */
export const resolveUrl = (baseUrl: string | undefined, path: string, query: Query = {}): URL => {
  const url =
    baseUrl === undefined || /^https?:/.test(path)
      ? new URL(path)
      : new URL(
          path === '' ? baseUrl : `${baseUrl.replace(/\/+$/, '')}/${path.replace(/^\/+/, '')}`,
        );
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) setParameter(url, name, value);
  }
  return url;
};

/** What all requests to an API have in common. */
type Common = {
  readonly baseUrl?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly rules?: readonly ResponseRule[];
};

/** @param limit the largest body, in bytes */
export const requestMaker =
  ({baseUrl, headers, rules = []}: Common, limit: number) =>
  (path: string, {query, json, decode, rules: own = []}: GetOptions): HttpRequest => {
    const ruled = [...own, ...rules];
    return {
      method: json === undefined ? 'GET' : 'POST',
      url: resolveUrl(baseUrl, path, query),
      headers: {
        accept: (decode ?? jsonDecoder()).accept,
        'user-agent': 'headwater',
        ...headers,
      },
      ...(json && {json}),
      ...(decode && {assertWhole: wholeFor(decode, limit)}),
      ...(ruled.length > 0 && {rules: ruled}),
    };
  };

/** A request that changes something: it is sent once, unless a key makes several attempts count as one. */
export const changing = (
  request: HttpRequest,
  {idempotencyKey}: Pick<PostOptions, 'idempotencyKey'>,
): HttpRequest => ({
  ...request,
  method: 'POST',
  ...(idempotencyKey === undefined
    ? {once: true}
    : {headers: {...request.headers, [idempotencyKey.toLowerCase()]: randomUUID()}}),
});
