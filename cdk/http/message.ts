/** One request as it goes to the wire. Each layer hands on a new one; none is changed in place. */
export type HttpRequest = {
  readonly method: 'GET';
  readonly url: URL;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
};

/** One answer, its body complete and decompressed. */
export type HttpResponse = {
  readonly status: number;
  /** Names in lower case; several values of one name are joined with `, `. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Where the answer came from: the request's URL, or the last one of its redirects. */
  readonly url: URL;
};

/** The one function type of this folder: transport, retry and auth are each a `Send`, or wrap one. */
export type Send = (request: HttpRequest) => Promise<HttpResponse>;

/** `GET https://api.github.com/user`, for messages. The query is left out: it may hold credentials. */
export const describeRequest = ({method, url}: Pick<HttpRequest, 'method' | 'url'>): string =>
  `${method} ${url.origin}${url.pathname}`;
