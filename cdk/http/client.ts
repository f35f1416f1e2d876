import {ConfigError} from '../errors.ts';
import type {JsonObject} from '../json.ts';
import type {Auth, AuthRuntime} from './auth/auth.ts';
import {type Clock, systemClock} from './clock.ts';
import {asOne, decodeAnswer} from './decode/answer.ts';
import type {Decoder} from './decode/decoder.ts';
import {json as jsonDecoder} from './decode/json.ts';
import {wholeFor, withWhole} from './decode/whole.ts';
import {type DownloadOptions, download} from './download.ts';
import {refusal} from './faults.ts';
import {type Graphql, openGraphql, withThrottled} from './graphql.ts';
import {type Limit, withLimits} from './limits/limits.ts';
import {type PacingOptions, withPacing} from './limits/pacing.ts';
import {withRunLimit} from './limits/run-limit.ts';
import {openWaits, type Wait} from './limits/waits.ts';
import {
  describeRequest,
  type HttpRequest,
  type HttpResponse,
  type Send,
  sizeOf,
} from './message.ts';
import {type FetchedRecords, type PaginateOptions, paginate} from './paginate/paginate.ts';
import type {Query} from './paginate/paginator.ts';
import {DEFAULT_RETRY, type RetryPolicy, withRetry} from './retry.ts';
import {
  DEFAULT_TIMEOUTS,
  MAX_BODY_BYTES,
  openTransport,
  type Timeouts,
  type TransportOptions,
} from './transport.ts';

/** How an API is reached. */
export type HttpOptions = TransportOptions & {
  /** `https://api.example.com/v2`: paths are appended to it. Credentials go to its origin only. */
  readonly baseUrl?: string;
  /** Where `graphql` sends its queries; default the base URL as it is. */
  readonly graphqlPath?: string;
  readonly auth?: Auth;
  /** Sent with every request, wherever it goes, so no place for credentials; names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeouts?: Partial<Timeouts>;
  readonly retry?: Partial<RetryPolicy>;
  /** How many requests the API takes, where that is known: `[{requests: 100, per: {seconds: 60}}]`. All of them hold. */
  readonly limits?: readonly Limit[];
  /** How to keep within the quota that answers tell of; false where an API's headers are not to be believed. */
  readonly pacing?: PacingOptions | false;
  /** Puts an API's own refusals into words: what is returned is thrown, undefined leaves the kit's error. */
  readonly explain?: (refused: HttpResponse) => Error | undefined;
};

type GetOptions = {
  readonly query?: Query;
  /** Makes the request a POST with this as its JSON: for APIs that search by POST. It must change nothing there. */
  readonly json?: JsonObject;
  /** How the body is read: `csv()`, `xml()`, `jsonLines()`; default `json()`. Gzip and zip files are unpacked first. */
  readonly decode?: Decoder;
};

export type HttpClient = {
  /** The content of one answer: its JSON, or what `decode` makes of it. `T` is your claim about the API; nothing checks it. */
  readonly get: <T = unknown>(path: string, options?: GetOptions) => Promise<T>;
  /** The `data` of a GraphQL query. `T` is your claim about it. Errors in the answer are thrown, throttling is waited out. */
  readonly graphql: Graphql;
  /** Page after page of records, each fetched when the reader asks for it. `R` is your claim about the API. */
  readonly paginate: <R extends object>(
    path: string,
    options?: GetOptions & PaginateOptions,
  ) => AsyncIterable<FetchedRecords<R>>;
  /**
   * The records of one answer of any size, in batches of about a thousand records or a mebibyte. It is written to a
   * temporary file first: when the first record comes, the answer is whole. `R` is your claim about the API.
   */
  readonly download: <R extends object>(
    path: string,
    options?: GetOptions & DownloadOptions,
  ) => AsyncIterable<FetchedRecords<R>>;
};

/** Where the client tells what it does: DEBUG each request, INFO what delays a run, WARN what may be missing. */
type Log = (level: 'DEBUG' | 'INFO' | 'WARN', message: string) => void;

/** What a run lends to its client. */
export type HttpRuntime = {
  /** Ends every request and wait when it is aborted. */
  readonly signal: AbortSignal;
  readonly log: Log;
  readonly clock?: Clock;
  readonly random?: () => number;
  /** Told before each wait of more than five seconds for a limit of the API. */
  readonly onWait?: (wait: Wait) => void;
  /** Told every secret that is sent, and every token that is obtained. */
  readonly onSecret?: AuthRuntime['onSecret'];
  /** Saves a rotated refresh token; resolves once it is out of the process. */
  readonly onRotated?: AuthRuntime['onRotated'];
};

/** Paths are appended to the base, whose own path stays: `/user` under `https://host/api/v3` is `/api/v3/user`, '' the base. */
const resolveUrl = (baseUrl: string | undefined, path: string, query: Query = {}): URL => {
  const url =
    baseUrl === undefined || /^https?:/.test(path)
      ? new URL(path)
      : new URL(
          path === '' ? baseUrl : `${baseUrl.replace(/\/+$/, '')}/${path.replace(/^\/+/, '')}`,
        );
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
const onlyTo = (origin: string | undefined, auth: Auth | undefined, runtime: AuthRuntime): Send => {
  const {send} = runtime;
  const authorized = auth?.(send, runtime) ?? send;
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
      `${describeRequest(request)} ${response.status} ${now() - sentAt} ms ${sizeOf(response)} bytes`,
    );
    return response;
  };

/** The layers between a caller and the wire. Each attempt of a retry passes the limits again. */
const layered = (
  wire: Send,
  {limits = [], pacing = {}, ...options}: HttpOptions,
  {signal, log, clock = systemClock, random = Math.random, onWait}: HttpRuntime,
): Send => {
  const policy = {...DEFAULT_RETRY, ...options.retry};
  const runEnds = clock.now() + (options.timeouts?.run ?? DEFAULT_TIMEOUTS.run);
  const told = (message: string): void => log('INFO', message);
  const context = {clock, random, signal, onWait, runEnds, log: told};
  const {hold} = openWaits({...context, longest: policy.longest});
  const whole = withThrottled(withWhole(wire, options.maxBodyBytes ?? MAX_BODY_BYTES));
  const limited = limits.length === 0 ? whole : withLimits(whole, limits, {clock, hold});
  const paced =
    pacing === false
      ? limited
      : withPacing(limited, pacing, {clock, hold, longest: policy.longest});
  return withRetry(withRunLimit(paced, runEnds, clock), policy, context);
};

/** The API's own host is always among those that are allowed. */
const reachOf = ({allowedHosts, baseUrl, ...options}: HttpOptions): TransportOptions => ({
  ...options,
  ...(allowedHosts && {
    allowedHosts: [...allowedHosts, ...(baseUrl === undefined ? [] : [new URL(baseUrl).hostname])],
  }),
});

/** Opens a client. Close it: it holds connections. */
export const openHttpClient = (
  options: HttpOptions,
  runtime: HttpRuntime,
): HttpClient & {readonly close: () => Promise<void>} => {
  const {signal, log, clock = systemClock} = runtime;
  const origin = options.baseUrl === undefined ? undefined : originOf(options.baseUrl);
  const timeouts = {...DEFAULT_TIMEOUTS, ...options.timeouts};
  const transport = openTransport(timeouts, signal, reachOf(options));
  const retried = layered(traced(transport.send, log, clock), options, runtime);
  // Around the retries, not inside: a token request has retries of its own, which must not multiply.
  const send = onlyTo(origin, options.auth, {
    clock,
    send: retried,
    resolve: (path) => resolveUrl(options.baseUrl, path),
    onSecret: runtime.onSecret ?? (() => {}),
    onRotated: runtime.onRotated ?? (async () => {}),
  });

  /** Lets answers through; refusals only where the caller allows their status. */
  const answered =
    (allowed: readonly number[] = []): Send =>
    async (request) => {
      const response = await send(request);
      if (response.status < 300 || allowed.includes(response.status)) return response;
      throw options.explain?.(response) ?? refusal(request, response);
    };
  const limit = options.maxBodyBytes ?? MAX_BODY_BYTES;
  const requestFor = (path: string, {query, json, decode}: GetOptions): HttpRequest => ({
    method: json === undefined ? 'GET' : 'POST',
    url: resolveUrl(options.baseUrl, path, query),
    headers: {
      accept: (decode ?? jsonDecoder()).accept,
      'user-agent': 'headwater',
      ...options.headers,
    },
    ...(json && {json}),
    ...(decode && {assertWhole: wholeFor(decode, limit)}),
  });

  const warn = (message: string): void => log('WARN', message);

  return {
    get: async <T>(path: string, asked: GetOptions = {}) => {
      const request = requestFor(path, asked);
      const response = await answered()(request);
      const {decode = jsonDecoder()} = asked;
      const {documents} = await decodeAnswer(request, response, decode, limit);
      // The caller's claim.
      return asOne(documents) as T;
    },
    graphql: openGraphql({
      send: answered(),
      requestFor: (path = options.graphqlPath ?? '', json) => requestFor(path, {json}),
      warn,
    }),
    paginate: <R extends object>(path: string, paging: GetOptions & PaginateOptions = {}) =>
      paginate<R>(
        {answered, warn, decoder: paging.decode ?? jsonDecoder(), limit},
        requestFor(path, paging),
        paging,
      ),
    download: <R extends object>(path: string, asked: GetOptions & DownloadOptions = {}) =>
      download<R>(
        {answered, decoder: asked.decode ?? jsonDecoder(), limit, signal},
        requestFor(path, asked),
        asked,
      ),
    close: transport.close,
  };
};
