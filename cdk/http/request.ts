// Requests, made of what an author wants and of what the API wants in all of them.
import {randomUUID} from 'node:crypto';
import type {JsonObject} from '../json/values.ts';
import type {Decoder} from './decode/decoder.ts';
import {json as jsonDecoder} from './decode/json.ts';
import {truncationCheckFor} from './decode/truncation.ts';
import {type Query, setParameter} from './query.ts';
import type {RequestScope} from './scope.ts';
import type {HttpRequest, ResponseRule} from './types.ts';

type CommonOptions = {
  readonly query?: Query;
  /**
   * Headers of this request, in addition to those of the client, which they replace where the names are the same. A
   * redirect to another origin does not take them along. Not a place for credentials: those belong in `auth`.
   */
  readonly headers?: Readonly<Record<string, string>>;
  /** For this request only; they go before those of the client. */
  readonly rules?: readonly ResponseRule[];
};

/** What a request carries: JSON, or the fields of a form. */
type RequestBody =
  | {readonly json?: JsonObject; readonly form?: never}
  | {readonly json?: never; readonly form: Query};

export type GetOptions = CommonOptions & {
  /** How the body is read: `csv()`, `xml()`, `jsonLines()`; default `json()`. Gzip and zip files are unpacked first. */
  readonly decode?: Decoder;
};

/** A POST that only reads. */
export type SearchOptions = GetOptions & RequestBody;

/** How a list is asked for: by GET, or by a POST that only reads. */
export type ListRequestOptions = GetOptions &
  (
    | {readonly method?: 'GET'; readonly json?: never; readonly form?: never}
    | ({
        /** For APIs that list by POST. It must change nothing there: it is sent again where a GET would be. */
        readonly method: 'POST';
      } & RequestBody)
  );

/** A request that changes something there. */
export type ChangeOptions = CommonOptions &
  RequestBody & {
    /**
     * The header in which the API takes a key that makes several attempts count as one, such as `Idempotency-Key`. The
     * kit draws the key, and sends the request again where a GET would be. Without it that is only done where the server
     * cannot have acted on it: the connection was never established, or the server answered that it is over its limit.
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

const lowerCased = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

/** What all requests to an API have in common. */
type Common = {
  readonly baseUrl?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly rules?: readonly ResponseRule[];
};

export type Wanted = GetOptions & RequestBody & {readonly method?: HttpRequest['method']};

/** @param limit the largest body, in bytes */
export const requestMaker =
  ({baseUrl, headers, rules = []}: Common, limit: number) =>
  (scope: RequestScope, path: string, wanted: Wanted): HttpRequest => {
    const {method = 'GET', query, json, form, decode, rules: own = []} = wanted;
    const ruled = [...own, ...rules];
    return {
      method,
      url: resolveUrl(baseUrl, path, query),
      scope,
      headers: {
        accept: (decode ?? jsonDecoder()).accept,
        'user-agent': 'headwater',
        ...headers,
        ...lowerCased(wanted.headers ?? {}),
      },
      ...(json && {json}),
      ...(form && {form}),
      ...(decode && {assertNotTruncated: truncationCheckFor(decode, limit)}),
      ...(ruled.length > 0 && {rules: ruled}),
    };
  };

/** A request that changes something: it is sent once, unless a key makes several attempts count as one. */
export const changing = (
  request: HttpRequest,
  {idempotencyKey}: Pick<ChangeOptions, 'idempotencyKey'>,
): HttpRequest => ({
  ...request,
  ...(idempotencyKey === undefined
    ? {once: true}
    : {headers: {...request.headers, [idempotencyKey.toLowerCase()]: randomUUID()}}),
});
