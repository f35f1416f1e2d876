import type {FileHandle} from 'node:fs/promises';
import type {FailureType} from '../errors.ts';
import type {JsonObject} from '../json/values.ts';
import type {Query} from './query.ts';
import type {RequestScope} from './scope.ts';

/**
 * `success`: an answer like any other. `ignore`: nothing is there; counted and told, and the list or stream goes on.
 * `retry`: a passing fault. `rate-limited`: the same, with a wait that costs no retry budget. `refresh-token`: the
 * credentials are renewed, once. `fail`: an error.
 */
export type ResponseAction =
  | 'success'
  | 'ignore'
  | 'retry'
  | 'rate-limited'
  | 'refresh-token'
  | 'fail';

/** What answers mean where it is not what their status says. All that a rule asks for must hold. */
export type ResponseRule = {
  /** One status, or any of several. */
  readonly status?: number | readonly number[];
  /** A header that is there, and what its value matches. */
  readonly header?: {readonly name: string; readonly matches?: RegExp};
  /** A field of the JSON, by a dot path, that is there and says something, and what its value matches. */
  readonly body?: {readonly path: string; readonly matches?: RegExp};
  /** What the whole body matches, as a text. */
  readonly text?: RegExp;
  readonly action: ResponseAction;
  /** What kind of failure `fail` is; default by the status: `config_error` for 401 and 403, else `system_error`. */
  readonly failure?: FailureType;
  /** What to do about it, behind the API's own words: `Ask for the plan that includes it.` */
  readonly advice?: string;
};

/** One request as it goes to the wire. Each layer hands on a new one; none is changed in place. */
export type HttpRequest = {
  /** Requests that only read may be sent again, a POST too; those that change something are marked with `once`. */
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: URL;
  /** Whom it is for. A request that is made for another one, such as that for a token, has the scope of that one. */
  readonly scope: RequestScope;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body, sent as JSON. */
  readonly json?: JsonObject;
  /** The body as the fields of a form, in place of JSON. */
  readonly form?: Query;
  /** A redirect is handed on as it is, not followed: what this request carries in its body is for one server only. */
  readonly redirect?: 'refuse';
  /** It changes something there: it is sent again only where the server can not have acted on it. */
  readonly once?: true;
  /** What its answers mean where it is not what their status says. */
  readonly rules?: readonly ResponseRule[];
  /** Which attempt it is, from 2; set by the retries, for the log. */
  readonly attempt?: number;
  /** Where the body is written, from the start of the file, instead of memory; that of a refusal is not. */
  readonly into?: FileHandle;
  /** Throws where the content of a body without a length shows that it was cut. Default: the look at JSON. */
  readonly assertNotTruncated?: (request: HttpRequest, response: HttpResponse) => Promise<void>;
};

/** One answer, its body complete and decompressed. */
export type HttpResponse = {
  readonly status: number;
  /** Names in lower case; several values of one name are joined with `, `. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** How many bytes were written to the file that the request named; the body is empty then. */
  readonly written?: number;
  /** Where the answer came from: the request's URL, or the last one of its redirects. */
  readonly url: URL;
  /** The rule of the request that it falls under. */
  readonly rule?: ResponseRule;
};

/** The size of an answer's body, wherever it went. */
export const sizeOf = ({body, written}: HttpResponse): number => written ?? body.length;

/** The one function type of this folder: transport, retry and auth are each a `Send`, or wrap one. */
export type Send = (request: HttpRequest) => Promise<HttpResponse>;

/** `GET https://api.github.com/user`, for messages. The query is left out: it may hold credentials. */
export const describeRequest = ({method, url}: Pick<HttpRequest, 'method' | 'url'>): string =>
  `${method} ${url.origin}${url.pathname}`;

/** Names of query parameters that often hold a credential which nobody told of, as in a signed link. */
const SECRET_PARAMETER = /token|secret|passw|signature|^sig$|credential|auth|key/i;

/** The token of a page is none. */
const PAGE_TOKEN = /page_?token|next_?token|continuation/i;

export const namesSecret = (parameter: string): boolean =>
  SECRET_PARAMETER.test(parameter) && !PAGE_TOKEN.test(parameter);

/** The same with the query, for DEBUG lines, without values that may be credentials. */
export const describeWithQuery = ({method, url}: Pick<HttpRequest, 'method' | 'url'>): string => {
  const shown = new URL(url);
  for (const [name, value] of url.searchParams) {
    if (value !== '' && namesSecret(name)) shown.searchParams.set(name, '****');
  }
  return `${method} ${shown.origin}${shown.pathname}${shown.search}`;
};
