import {ConfigError} from '../errors.ts';
import type {Auth, AuthRuntime} from './auth/auth.ts';
import {asOne, decodeAnswer} from './decode/decode-response.ts';
import {json as jsonDecoder} from './decode/json.ts';
import {type DownloadOptions, download} from './download.ts';
import {type Graphql, openGraphql} from './graphql.ts';
import {type Clock, systemClock} from './limits/clock.ts';
import type {Wait} from './limits/waits.ts';
import {type FetchedRecords, type PaginateOptions, paginate} from './paginate/paginate.ts';
import {type LayerOptions, type Log, withLayers} from './pipeline.ts';
import {changing, type GetOptions, type PostOptions, requestMaker, resolveUrl} from './request.ts';
import {actionOf} from './response/action.ts';
import {describeResponse, refusal} from './response/faults.ts';
import {type Counters, openCounters, type Totals} from './totals.ts';
import type {HttpRequest, HttpResponse, ResponseRule, Send} from './types.ts';
import {openUnderWay} from './under-way.ts';
import {secretsOf} from './wire/agent.ts';
import {DEFAULT_TIMEOUTS, type Timeouts} from './wire/timeouts.ts';
import {MAX_BODY_BYTES, openTransport, type TransportOptions} from './wire/transport.ts';

/** How an API is reached. */
export type HttpOptions = TransportOptions &
  LayerOptions & {
    /** `https://api.example.com/v2`: paths are appended to it. Credentials go to its origin only. */
    readonly baseUrl?: string;
    /** Where `graphql` sends its queries; default the base URL as it is. */
    readonly graphqlPath?: string;
    readonly auth?: Auth;
    /** Sent with every request, wherever it goes, so no place for credentials; names in lower case. */
    readonly headers?: Readonly<Record<string, string>>;
    readonly timeouts?: Partial<Timeouts>;
    /** What answers mean where it is not what their status says; the first rule that fits holds. */
    readonly rules?: readonly ResponseRule[];
    /** Puts an API's own refusals into words: what is returned is thrown, undefined leaves the kit's error. */
    readonly explain?: (refused: HttpResponse) => Error | undefined;
  };

export type HttpClient = {
  /**
   * The content of one answer: its JSON, or what `decode` makes of it; null where a rule ignores it. `T` is your claim
   * about the API; nothing checks it.
   */
  readonly get: <T = unknown>(path: string, options?: GetOptions) => Promise<T>;
  /** The same of a POST that changes something there, such as one that orders an export. */
  readonly post: <T = unknown>(path: string, options?: PostOptions) => Promise<T>;
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

/** A client, as the run that opened it has it. */
type OpenedClient = HttpClient & {
  /** What was done on behalf of one caller. */
  readonly totals: (caller: string) => Totals;
  /** The requests that are under way, in words. */
  readonly underWay: () => readonly string[];
  readonly close: () => Promise<void>;
};

/** What a run lends to its client. */
export type HttpRuntime = {
  /** Ends every request and wait when it is aborted. */
  readonly signal: AbortSignal;
  readonly log: Log;
  readonly clock?: Clock;
  readonly random?: () => number;
  /** On whose behalf a request is sent now; totals and circuit breakers are kept for each of them. */
  readonly caller?: () => string;
  /** Told before each wait of more than five seconds for a limit of the API. */
  readonly onWait?: (wait: Wait) => void;
  /** Waits while others take the place of who waits, for what takes more than five seconds. */
  readonly aside?: <T>(wait: () => Promise<T>) => Promise<T>;
  /** Told every secret that is sent, and every token that is obtained. */
  readonly onSecret?: AuthRuntime['onSecret'];
  /** Saves a rotated refresh token; resolves once it is out of the process. */
  readonly onRotated?: AuthRuntime['onRotated'];
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

/** The API's own host is always among those that are allowed. */
const reachOf = ({allowedHosts, baseUrl, ...options}: HttpOptions): TransportOptions => ({
  ...options,
  ...(allowedHosts && {
    allowedHosts: [...allowedHosts, ...(baseUrl === undefined ? [] : [new URL(baseUrl).hostname])],
  }),
});

/** What is ignored must not go unseen: the first one of a caller and status is told, and all are counted. */
const ignoredTeller = (
  {count}: Counters,
  caller: () => string,
  warn: (message: string) => void,
): ((request: HttpRequest, response: HttpResponse) => void) => {
  const told = new Set<string>();
  return (request, response) => {
    count('ignored');
    const key = `${caller()} ${response.status}`;
    if (told.has(key)) return;
    told.add(key);
    warn(
      `${describeResponse(request, response)} That counts as "nothing here", as the source has it. Further ones with this status are counted, not told.`,
    );
  };
};

/** What a list does with a status that it allows itself: the same as a rule that ignores it, or the end of the list. */
const isAnswer = (response: HttpResponse, allowed: readonly number[]): boolean =>
  allowed.includes(response.status) || ['success', 'ignore'].includes(actionOf(response));

/** What stands between the client's methods and the wire. */
const openAnswers = (options: HttpOptions, runtime: HttpRuntime) => {
  const {signal, log, clock = systemClock, random, onWait, aside, caller = () => ''} = runtime;
  const {baseUrl, explain} = options;
  const origin = baseUrl === undefined ? undefined : originOf(baseUrl);
  const timeouts = {...DEFAULT_TIMEOUTS, ...options.timeouts};
  const transport = openTransport(timeouts, signal, reachOf(options));
  const counters = openCounters(caller);
  const underWay = openUnderWay(clock.now);
  const layers = {signal, log, clock, random, onWait, aside, caller, counters, underWay, timeouts};
  const {onSecret = () => {}, onRotated = async () => {}} = runtime;
  for (const secret of secretsOf(options.proxy)) onSecret(secret);
  // Around the retries, not inside: a token request has retries of its own, which must not multiply.
  const send = onlyTo(origin, options.auth, {
    clock,
    send: withLayers(transport, options, layers),
    resolve: (path) => resolveUrl(baseUrl, path),
    onSecret,
    onRotated,
  });
  const warn = (message: string): void => log('WARN', message);
  const ignored = ignoredTeller(counters, caller, warn);

  /** Lets answers through; refusals only where the caller allows their status. */
  const answered =
    (allowed: readonly number[] = []): Send =>
    async (request) => {
      const response = await send(request);
      if (!isAnswer(response, allowed)) {
        throw explain?.(response) ?? refusal(request, response);
      }
      if (actionOf(response) === 'ignore') ignored(request, response);
      return response;
    };
  return {answered, warn, counters, underWay, close: transport.close};
};

/** Opens a client. Close it: it holds connections. */
export const openHttpClient = (options: HttpOptions, runtime: HttpRuntime): OpenedClient => {
  const {answered, warn, counters, underWay, close} = openAnswers(options, runtime);
  const {maxBodyBytes: limit = MAX_BODY_BYTES, graphqlPath = ''} = options;
  const requestFor = requestMaker(options, limit);
  const onPage = (): void => counters.count('pages');

  const contentOf = async <T>(request: HttpRequest, decode = jsonDecoder()): Promise<T> => {
    const response = await answered()(request);
    if (actionOf(response) === 'ignore') return JSON.parse('null');
    const {documents} = await decodeAnswer(request, response, decode, limit);
    // The caller's claim.
    return asOne(documents) as T;
  };
  return {
    get: <T>(path: string, asked: GetOptions = {}) =>
      contentOf<T>(requestFor(path, asked), asked.decode),
    post: <T>(path: string, asked: PostOptions = {}) =>
      contentOf<T>(changing(requestFor(path, asked), asked)),
    graphql: openGraphql({
      send: answered(),
      requestFor: (path = graphqlPath, json) => requestFor(path, {json}),
      warn,
    }),
    paginate: <R extends object>(path: string, paging: GetOptions & PaginateOptions = {}) => {
      const {decode: decoder = jsonDecoder()} = paging;
      return paginate<R>(
        {answered, warn, onPage, decoder, limit},
        requestFor(path, paging),
        paging,
      );
    },
    download: <R extends object>(path: string, asked: GetOptions & DownloadOptions = {}) => {
      const {decode: decoder = jsonDecoder()} = asked;
      const {signal} = runtime;
      return download<R>({answered, decoder, limit, signal}, requestFor(path, asked), asked);
    },
    totals: counters.totals,
    underWay: underWay.list,
    close,
  };
};
