import type {FileHandle} from 'node:fs/promises';
import type {FailureType} from '../errors.ts';
import {excerpt} from '../json/trim.ts';
import type {JsonObject} from '../json/values.ts';
import type {Query} from './query.ts';
import type {RequestScope} from './request-scope.ts';
import type {Sign} from './wire/sign.ts';

/**
 * `success`: the response is used. `ignore`: nothing is there; this is counted and logged, and the stream continues.
 * `retry`: a transient failure. `rate-limited`: the same, but waiting does not use the retry budget. `refresh-token`: the
 * credentials are renewed once. `fail`: an error.
 */
export type ResponseAction =
  | 'success'
  | 'ignore'
  | 'retry'
  | 'rate-limited'
  | 'refresh-token'
  | 'fail';

/** For responses that do not mean what their status says. A rule matches if all of its conditions do. */
export type ResponseRule = {
  /** One status, or any of several. */
  readonly status?: number | readonly number[];
  /** A header that must be present, and match `matches` if given. */
  readonly header?: {readonly name: string; readonly matches?: RegExp};
  /** A field of the JSON, by dot path, that must be present and not empty, and match `matches` if given. */
  readonly body?: {readonly path: string; readonly matches?: RegExp};
  /** A pattern for the whole body as a string. */
  readonly text?: RegExp;
  readonly action: ResponseAction;
  /** The failure type of `fail`. Default: `config_error` for 401 and 403, else `system_error`. */
  readonly failure?: FailureType;
  /** Advice for the user, put after the API's own words: `Ask for the plan that includes it.` */
  readonly advice?: string;
};

/** A rule of the kit's own, whose refusal is this error instead of one for the user. */
export type RaisingRule = ResponseRule & {readonly raise?: (message: string) => Error};

type RequestContent = {
  /** Of the `content-type`, unless a header sets it: `text/xml; charset=utf-8`. */
  readonly type: string;
  readonly print: (values: Query) => string | Uint8Array;
};

/** One request on its way to the wire. Layers do not change it: they pass on a new one. */
export type HttpRequest = {
  /** Requests that only read may be retried, a POST too. Those that change something are marked with `once`. */
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: URL;
  /** A request that serves another one, such as a token request, has the scope of that one. */
  readonly scope: RequestScope;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** A body in JSON. */
  readonly json?: JsonObject;
  /** A body of form fields, instead of JSON; with `content` the values that it is printed from. */
  readonly form?: Query;
  /** A body in another format. Printed for each attempt. */
  readonly content?: RequestContent;
  /** Redirects are not followed, since the body is meant for one server only. The redirect is the response. */
  readonly redirect?: 'refuse';
  /**
   * Adds a signature to each attempt, and to each redirect within the origin, right before it is sent. It is synchronous:
   * fetch what it needs before.
   */
  readonly sign?: Sign;
  /** The URL is that of a link or redirect to another origin. */
  readonly linked?: true;
  /** The request changes something in the API: it is only retried if the server cannot have acted on it. */
  readonly once?: true;
  readonly rules?: readonly RaisingRule[];
  /** The number of this attempt, from 2, for the log. */
  readonly attempt?: number;
  /** The file that receives the body from offset 0, unless the response is a refusal. Default: memory. */
  readonly into?: FileHandle;
  /** Throws if the content of a body without a length shows that it is truncated. Default: a check of the JSON. */
  readonly assertNotTruncated?: (request: HttpRequest, response: HttpResponse) => Promise<void>;
};

/** One response, its body complete and decompressed. */
export type HttpResponse = {
  readonly status: number;
  /** Names in lower case; several values of one name are joined with `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** The `set-cookie` headers, one by one. */
  readonly setCookies?: readonly string[];
  readonly body: Buffer;
  /** The number of bytes written to the request's file; the body is empty then. */
  readonly written?: number;
  /** The number of bytes that came over the wire for them. */
  readonly sent?: number;
  /** The request's URL, or the last one of its redirects. */
  readonly url: URL;
  /** The name of the proxy that it came through, for messages. */
  readonly proxy?: string;
  readonly rule?: RaisingRule;
};

/** The size of the body in memory or in the file. */
export const sizeOf = ({body, written}: HttpResponse): number => written ?? body.length;

/** The one function type of this folder: transport, retry and auth are each a `Send`, or wrap one. */
export type Send = (request: HttpRequest) => Promise<HttpResponse>;

/** For messages. The query is left out, since it may hold credentials. */
export const describeUrl = ({origin, pathname}: URL): string => excerpt(`${origin}${pathname}`);

/** `GET https://api.github.com/user` */
export const describeRequest = ({method, url}: Pick<HttpRequest, 'method' | 'url'>): string =>
  `${method} ${describeUrl(url)}`;

const MAX_URL = 1_000;

/** Query parameters that often hold a credential unknown to the kit, as in a signed link. */
const SECRET_PARAMETER = /token|secret|passw|signature|^sig$|credential|auth|key/i;

/** Tokens of pages and of syncs are not secrets. */
const PAGE_TOKEN = /(page|next|sync|delta|skip)_?token|continuation/i;

export const namesSecret = (parameter: string): boolean =>
  SECRET_PARAMETER.test(parameter) && !PAGE_TOKEN.test(parameter);

/** The same with the query, for DEBUG lines. Values that may be credentials are masked. */
export const describeWithQuery = ({method, url}: Pick<HttpRequest, 'method' | 'url'>): string => {
  const hidden = [...url.searchParams].filter(([name, value]) => value !== '' && namesSecret(name));
  const shown = hidden.length === 0 ? url : new URL(url);
  for (const [name] of hidden) shown.searchParams.set(name, '****');
  return `${method} ${excerpt(`${shown.origin}${shown.pathname}${shown.search}`, MAX_URL)}`;
};
