import {ConfigError} from '../errors.ts';
import type {Auth} from './auth/auth.ts';
import {type Clock, systemClock} from './clock.ts';
import {decodeJson} from './decode.ts';
import {refusal} from './faults.ts';
import {describeRequest, type HttpRequest, type HttpResponse, type Send} from './message.ts';
import {type FetchedRecords, type PaginateOptions, paginate} from './paginate/paginate.ts';
import {DEFAULT_RETRY, type RetryPolicy, withRetry} from './retry.ts';
import {DEFAULT_TIMEOUTS, openTransport, type Timeouts} from './transport.ts';

/** Values of a query string; undefined ones are left out. */
type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** How an API is reached. */
export type HttpOptions = {
  /** `https://api.example.com/v2`: paths are appended to it. Credentials go to its origin only. */
  readonly baseUrl?: string;
  readonly auth?: Auth;
  /** Sent with every request, wherever it goes, so no place for credentials; names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeouts?: Partial<Timeouts>;
  readonly retry?: Partial<RetryPolicy>;
  /** Puts an API's own refusals into words: what is returned is thrown, undefined leaves the kit's error. */
  readonly explain?: (refused: HttpResponse) => Error | undefined;
};

type GetOptions = {readonly query?: Query};

export type HttpClient = {
  /** The JSON of one answer. `T` is your claim about the API; nothing checks it. */
  readonly get: <T = unknown>(path: string, options?: GetOptions) => Promise<T>;
  /** Page after page of records, each fetched when the reader asks for it. `R` is your claim about the API. */
  readonly paginate: <R extends object>(
    path: string,
    options?: GetOptions & PaginateOptions,
  ) => AsyncIterable<FetchedRecords<R>>;
};

/** Where the client tells what it does: DEBUG each request, INFO what delays or changes a run. */
type Log = (level: 'DEBUG' | 'INFO', message: string) => void;

/** What a run lends to its client. */
export type HttpRuntime = {
  /** Ends every request and wait when it is aborted. */
  readonly signal: AbortSignal;
  readonly log: Log;
  readonly clock?: Clock;
  readonly random?: () => number;
};

/** Paths are appended to the base, whose own path stays: `/user` under `https://host/api/v3` is `/api/v3/user`. */
const resolveUrl = (baseUrl: string | undefined, path: string, query: Query = {}): URL => {
  const url =
    baseUrl === undefined || /^https?:/.test(path)
      ? new URL(path)
      : new URL(`${baseUrl.replace(/\/+$/, '')}/${path.replace(/^\/+/, '')}`);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return url;
};

/** The base comes from the config more often than not. */
const originOf = (baseUrl: string): string => {
  const url = URL.parse(baseUrl);
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return url.origin;
  throw new ConfigError(
    `"${baseUrl}" is not the URL of an API: it should look like https://api.example.com.`,
  );
};

/** Credentials belong to the API's own origin: no link in an answer may carry them elsewhere. */
const onlyTo = (origin: string | undefined, auth: Auth | undefined, send: Send): Send => {
  const authorized = auth?.(send) ?? send;
  return (request) => (request.url.origin === origin ? authorized(request) : send(request));
};

/** One DEBUG line for each request that got an answer. */
const traced =
  (send: Send, log: Log, {now}: Clock): Send =>
  async (request) => {
    const sentAt = now();
    const response = await send(request);
    log(
      'DEBUG',
      `${describeRequest(request)} ${response.status} ${now() - sentAt} ms ${response.body.length} bytes`,
    );
    return response;
  };

/** Opens a client. Close it: it holds connections. */
export const openHttpClient = (
  options: HttpOptions,
  {signal, log, clock = systemClock, random = Math.random}: HttpRuntime,
): HttpClient & {readonly close: () => Promise<void>} => {
  const origin = options.baseUrl === undefined ? undefined : originOf(options.baseUrl);
  const transport = openTransport({...DEFAULT_TIMEOUTS, ...options.timeouts}, signal);
  const send = withRetry(
    onlyTo(origin, options.auth, traced(transport.send, log, clock)),
    {...DEFAULT_RETRY, ...options.retry},
    {clock, random, signal, log: (message) => log('INFO', message)},
  );

  /** Lets answers through; refusals only where the caller allows their status. */
  const answered =
    (allowed: readonly number[] = []): Send =>
    async (request) => {
      const response = await send(request);
      if (response.status < 300 || allowed.includes(response.status)) return response;
      throw options.explain?.(response) ?? refusal(request, response);
    };
  const requestFor = (path: string, query: Query | undefined): HttpRequest => ({
    method: 'GET',
    url: resolveUrl(options.baseUrl, path, query),
    headers: {accept: 'application/json', 'user-agent': 'headwater', ...options.headers},
  });

  return {
    get: async <T>(path: string, {query}: GetOptions = {}) => {
      const request = requestFor(path, query);
      return decodeJson<T>(request, await answered()(request));
    },
    paginate: <R extends object>(path: string, paging: GetOptions & PaginateOptions = {}) =>
      paginate<R>(answered(paging.emptyOn), requestFor(path, paging.query), paging),
    close: transport.close,
  };
};
