import type {FileHandle} from 'node:fs/promises';
import type {JsonObject} from '../json.ts';

/** One request as it goes to the wire. Each layer hands on a new one; none is changed in place. */
export type HttpRequest = {
  /** POST is for APIs that search by it; every request here reads, so any of them may be sent twice. */
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** What a POST asks for, sent as JSON. */
  readonly json?: JsonObject;
  /** The fields of a form, in place of JSON: token endpoints take nothing else. */
  readonly form?: Readonly<Record<string, string>>;
  /** A redirect is handed on as it is, not followed: what this request carries in its body is for one server only. */
  readonly redirect?: 'refuse';
  /** Where the body is written, from the start of the file, instead of memory; that of a refusal is not. */
  readonly into?: FileHandle;
  /** Throws where the content of a body without a length shows that it was cut. Default: the look at JSON. */
  readonly assertWhole?: (request: HttpRequest, response: HttpResponse) => Promise<void>;
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
};

/** The size of an answer's body, wherever it went. */
export const sizeOf = ({body, written}: HttpResponse): number => written ?? body.length;

/** The one function type of this folder: transport, retry and auth are each a `Send`, or wrap one. */
export type Send = (request: HttpRequest) => Promise<HttpResponse>;

/** `GET https://api.github.com/user`, for messages. The query is left out: it may hold credentials. */
export const describeRequest = ({method, url}: Pick<HttpRequest, 'method' | 'url'>): string =>
  `${method} ${url.origin}${url.pathname}`;
