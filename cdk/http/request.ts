// Builds requests from the options of one call and those of the client.
import {randomUUID} from 'node:crypto';
import {SystemError} from '../errors.ts';
import type {JsonObject} from '../json/values.ts';
import {assertNoQuery} from './base-url.ts';
import type {Decoder} from './decode/decoder.ts';
import {json as jsonDecoder} from './decode/json.ts';
import {truncationCheckFor} from './decode/truncation.ts';
import {type Query, setParameter} from './query.ts';
import type {RequestScope} from './request-scope.ts';
import {describeRequest, type HttpRequest, type ResponseRule} from './types.ts';
import {atOwnScheme} from './wire/crossing.ts';

type CommonOptions = {
  readonly query?: Query;
  /**
   * Headers of this request, added to those of the client; the same name replaces. They are dropped on a redirect to
   * another origin. Don't put credentials here: they belong in `auth`.
   */
  readonly headers?: Readonly<Record<string, string>>;
  /** For this request only, before the client's rules. */
  readonly rules?: readonly ResponseRule[];
};

type NoBody = {
  readonly json?: never;
  readonly form?: never;
  readonly body?: never;
  readonly contentType?: never;
};

/** JSON, the fields of a form, or text in any other format. */
type RequestBody =
  | (Omit<NoBody, 'json'> & {readonly json?: JsonObject})
  | (Omit<NoBody, 'form'> & {readonly form: Query})
  | {
      readonly json?: never;
      /**
       * A string is sent in UTF-8. A function is handed the values of `form`, among them those that `next` sets, and is called
       * for each attempt: `({page}) => '<page>${page}</page>'`.
       */
      readonly body: string | Uint8Array | ((values: Query) => string | Uint8Array);
      /** `text/xml; charset=utf-8`, `application/x-ndjson`. */
      readonly contentType: string;
      readonly form?: Query;
    };

export type GetOptions = CommonOptions & {
  /** The decoder of the body: `csv()`, `xml()`, `jsonLines()`. Default: `json()`. Gzip and zip files are unpacked first. */
  readonly decode?: Decoder;
};

/** A POST that only reads. */
export type SearchOptions = GetOptions & RequestBody;

/** A list is requested by GET, or by a POST that only reads. */
export type ListRequestOptions = GetOptions &
  (
    | (NoBody & {readonly method?: 'GET'})
    | ({
        /** For APIs that list by POST. It must not change anything in the API, since it is retried like a GET. */
        readonly method: 'POST';
      } & RequestBody)
  );

/** A request that changes something in the API. */
export type ChangeOptions = CommonOptions &
  RequestBody & {
    /**
     * The header of the API's idempotency key, such as `Idempotency-Key`. The kit generates the key and retries the request
     * like a GET. Without it a request is only retried if the server cannot have acted on it: no connection was made, or
     * the response says that the rate limit is exceeded.
     */
    readonly idempotencyKey?: string;
  };

/** Appends a path to the base, and keeps the base's own path: `/user` under `https://host/api/v3` is `/api/v3/user`. '' is the base. */
export const resolveUrl = (baseUrl: string | undefined, path: string, query: Query = {}): URL => {
  const isWhole = baseUrl === undefined || /^https?:/i.test(path);
  if (!isWhole && path !== '') assertNoQuery(baseUrl);
  const url = isWhole
    ? new URL(path)
    : new URL(path === '' ? baseUrl : `${baseUrl.replace(/\/+$/, '')}/${path.replace(/^\/+/, '')}`);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) setParameter(url, name, value);
  }
  return url;
};

/** The same for a request of the author, who may pass a link of the API. */
const ownUrl = (baseUrl: string | undefined, path: string, query: Query = {}): URL => {
  const url = resolveUrl(baseUrl, path, query);
  return baseUrl === undefined ? url : atOwnScheme(url, new URL(baseUrl));
};

const lowerCased = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

/** The options that apply to all requests of a client. */
type Common = {readonly baseUrl?: string} & Pick<CommonOptions, 'headers' | 'rules'>;

export type Wanted = GetOptions & RequestBody & {readonly method?: HttpRequest['method']};

/** The part of a request that makes its body. */
const bodyFor = (where: string, {json, form, body, contentType}: RequestBody) => {
  if (body === undefined) return {...(json && {json}), ...(form && {form})};
  if (typeof body === 'function')
    return {form: form ?? {}, content: {type: contentType, print: body}};
  if (form === undefined) return {content: {type: contentType, print: () => body}};
  throw new SystemError(
    `${where}: the request has both \`form\` and a \`body\` that is not a function. A function is handed the values of \`form\`; else leave one of them out.`,
  );
};

/** @param limit the largest body, in bytes */
export const requestMaker =
  ({baseUrl, headers, rules = []}: Common, limit: number) =>
  (scope: RequestScope, path: string, wanted: Wanted): HttpRequest => {
    const {method = 'GET', query, decode, rules: own = []} = wanted;
    const url = ownUrl(baseUrl, path, query);
    const ruled = [...own, ...rules];
    return {
      method,
      url,
      scope,
      headers: {
        accept: (decode ?? jsonDecoder()).accept,
        'user-agent': 'headwater',
        ...headers,
        ...lowerCased(wanted.headers ?? {}),
      },
      ...bodyFor(describeRequest({method, url}), wanted),
      ...(decode && {assertNotTruncated: truncationCheckFor(decode, limit)}),
      ...(ruled.length > 0 && {rules: ruled}),
    };
  };

/** Marks a request as one that changes something: it is sent once, unless it has an idempotency key. */
export const changing = (
  request: HttpRequest,
  {idempotencyKey}: Pick<ChangeOptions, 'idempotencyKey'>,
): HttpRequest => ({
  ...request,
  ...(idempotencyKey === undefined
    ? {once: true}
    : {headers: {...request.headers, [idempotencyKey.toLowerCase()]: randomUUID()}}),
});
