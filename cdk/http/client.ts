import {ConfigError} from '../errors.ts';
import type {JsonObject} from '../json/values.ts';
import type {Auth, AuthRuntime} from './auth/auth.ts';
import {asOne, decodeResponse} from './decode/decode-response.ts';
import {json as jsonDecoder} from './decode/json.ts';
import {type DownloadOptions, download} from './download.ts';
import {type Graphql, openGraphql} from './graphql.ts';
import {type Clock, systemClock} from './limits/clock.ts';
import {type FetchedRecords, type PaginateOptions, paginate} from './paginate/paginate.ts';
import type {ListResume} from './paginate/resume.ts';
import {type LayerOptions, withLayers} from './pipeline.ts';
import {
  type ChangeOptions,
  changing,
  type GetOptions,
  type ListRequestOptions,
  requestMaker,
  resolveUrl,
  type SearchOptions,
  type Wanted,
} from './request.ts';
import {actionOf} from './response/action.ts';
import {describeResponse, refusal} from './response/faults.ts';
import type {HttpRun} from './run.ts';
import {type RequestScope, SOURCE_SCOPE} from './scope.ts';
import type {HttpRequest, HttpResponse, ResponseRule, Send} from './types.ts';
import {openUnderWay, type UnderWay} from './under-way.ts';
import {secretsOf} from './wire/agent.ts';
import {type TimeoutOptions, timeoutsOf} from './wire/timeouts.ts';
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
    readonly timeouts?: TimeoutOptions;
    /** What answers mean where it is not what their status says; the first rule that fits holds. */
    readonly rules?: readonly ResponseRule[];
    /** Puts an API's own refusals into words: what is returned is thrown, undefined leaves the kit's error. */
    readonly explain?: (refused: HttpResponse) => Error | undefined;
  };

/** Changes something in the API. `T` is your claim about its response. */
type Change = <T = unknown>(path: string, options?: ChangeOptions) => Promise<T>;

/** @template Item what the records of lists and downloads are taken for, where the call does not say it */
export type HttpClient<Item extends object = JsonObject> = {
  /**
   * The content of one answer: its JSON, or what `decode` makes of it; null where a rule ignores it. `T` is your claim
   * about the API; nothing checks it.
   */
  readonly get: <T = unknown>(path: string, options?: GetOptions) => Promise<T>;
  /** The same of a POST that only reads, for APIs that search by POST: it is retried as a GET is. */
  readonly search: <T = unknown>(path: string, options?: SearchOptions) => Promise<T>;
  /**
   * The content of the response to a POST that changes something there, such as one that orders an export; null where
   * it has no body. It is sent once: see `idempotencyKey`.
   */
  readonly post: Change;
  /** The same by PUT. */
  readonly put: Change;
  /** The same by PATCH. */
  readonly patch: Change;
  /** The same by DELETE, such as for an export that was downloaded. */
  readonly delete: Change;
  /** The `data` of a GraphQL query. `T` is your claim about it. Errors in the answer are thrown, throttling is waited out. */
  readonly graphql: Graphql;
  /** Page after page of records, each fetched when the reader asks for it. `R` is your claim about the API. */
  readonly paginate: <R extends object = Item>(
    path: string,
    options?: ListRequestOptions & PaginateOptions<NoInfer<R>>,
  ) => AsyncIterable<FetchedRecords<R>>;
  /**
   * The records of one answer of any size, in batches of about a thousand records or a mebibyte. It is written to a
   * temporary file first: when the first record comes, the answer is whole. `R` is your claim about the API.
   */
  readonly download: <R extends object = Item>(
    path: string,
    options?: ListRequestOptions & DownloadOptions,
  ) => AsyncIterable<FetchedRecords<R>>;
};

/** What a client does for one stream. */
type Binding = {
  readonly scope: RequestScope;
  /** Which list goes on where an earlier run was cut off. Absent: pages do not say where the next one is. */
  readonly resume?: ListResume | undefined;
};

export type Bind = (binding: Binding) => HttpClient;

/** A client, as the run that opened it has it. It is bound to the source itself. */
export type OpenedClient = HttpClient & {
  /** The same client for one stream: all that it sends is counted, waits and fails for that one. Costs next to nothing. */
  readonly bind: Bind;
  /** The requests that are under way, in words. */
  readonly underWay: UnderWay['list'];
  readonly close: () => Promise<void>;
};

/** What a run lends to its client. */
export type HttpRuntime = Pick<HttpRun, 'signal' | 'log'> & {
  readonly clock?: Clock | undefined;
  readonly random?: HttpRun['random'] | undefined;
  /** Called with every secret that is sent, and every token that is obtained. */
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

/** What is ignored must not go unseen: the first one of a stream and status is reported, and all are counted. */
const ignoredTeller = ({
  log,
}: Pick<HttpRun, 'log'>): ((request: HttpRequest, response: HttpResponse) => void) => {
  const told = new Set<string>();
  return (request, response) => {
    const {name, count} = request.scope;
    count('ignored');
    const key = `${name} ${response.status}`;
    if (told.has(key)) return;
    told.add(key);
    log(
      'WARN',
      `${describeResponse(request, response)} That counts as "nothing here", as the source has it. Further ones with this status are counted, not told.`,
    );
  };
};

/** What a list does with a status that it allows itself: the same as a rule that ignores it, or the end of the list. */
const isAccepted = (response: HttpResponse, allowed: readonly number[]): boolean =>
  allowed.includes(response.status) || ['success', 'ignore'].includes(actionOf(response));

/** What stands between the client's methods and the wire, shared by all that it is bound to. */
const openSending = (options: HttpOptions, runtime: HttpRuntime) => {
  const {signal, log, clock = systemClock, random = Math.random} = runtime;
  const {onSecret = () => {}, onRotated = async () => {}} = runtime;
  const {baseUrl, explain} = options;
  const origin = baseUrl === undefined ? undefined : originOf(baseUrl);
  const timeouts = timeoutsOf(options.timeouts);
  const run: HttpRun = {signal, log, clock, random, ends: clock.now() + timeouts.run};
  const transport = openTransport(timeouts, signal, reachOf(options));
  const underWay = openUnderWay(clock.now);
  for (const secret of secretsOf(options.proxy)) onSecret(secret);
  // Around the retries, not inside: a token request has retries of its own, which must not multiply.
  const send = onlyTo(origin, options.auth, {
    clock,
    send: withLayers({...transport, timeouts, underWay}, options, run),
    resolve: (path) => resolveUrl(baseUrl, path),
    onSecret,
    onRotated,
  });
  const ignored = ignoredTeller(run);

  /** Lets answers through; refusals only where the request's maker allows their status. */
  const sendAllowing =
    (allowed: readonly number[] = []): Send =>
    async (request) => {
      const response = await send(request);
      if (!isAccepted(response, allowed)) {
        throw explain?.(response) ?? refusal(request, response);
      }
      if (actionOf(response) === 'ignore') ignored(request, response);
      return response;
    };
  return {sendAllowing, underWay: underWay.list, close: transport.close};
};

type ContentOptions = Pick<GetOptions, 'decode'> & {
  /** The API may have nothing to say about a change: the status says that it was made. */
  readonly mayBeEmpty?: boolean;
};

/** The methods of a client, for one stream. */
const binder = (
  options: HttpOptions,
  {signal, log}: Pick<HttpRun, 'signal' | 'log'>,
  {sendAllowing}: Pick<ReturnType<typeof openSending>, 'sendAllowing'>,
): Bind => {
  const {maxBodyBytes: limit = MAX_BODY_BYTES, graphqlPath = ''} = options;
  const makeRequest = requestMaker(options, limit);
  const warn = (message: string): void => log('WARN', message);

  const contentOf = async <T>(
    request: HttpRequest,
    {decode = jsonDecoder(), mayBeEmpty = false}: ContentOptions = {},
  ): Promise<T> => {
    const response = await sendAllowing()(request);
    const isSilent = mayBeEmpty && response.body.length === 0;
    if (actionOf(response) === 'ignore' || isSilent) return JSON.parse('null');
    const {documents} = await decodeResponse(request, response, decode, limit);
    // The author's claim.
    return asOne(documents) as T;
  };
  return ({scope, resume}) => {
    const requestFor = (path: string, wanted: Wanted): HttpRequest =>
      makeRequest(scope, path, wanted);
    const change =
      (method: HttpRequest['method']): Change =>
      <T>(path: string, wanted: ChangeOptions = {}) =>
        contentOf<T>(changing(requestFor(path, {...wanted, method}), wanted), {mayBeEmpty: true});

    return {
      get: <T>(path: string, wanted: GetOptions = {}) =>
        contentOf<T>(requestFor(path, wanted), wanted),
      search: <T>(path: string, wanted: SearchOptions = {}) =>
        contentOf<T>(requestFor(path, {...wanted, method: 'POST'}), wanted),
      post: change('POST'),
      put: change('PUT'),
      patch: change('PATCH'),
      delete: change('DELETE'),
      graphql: openGraphql({
        send: sendAllowing(),
        requestFor: (path = graphqlPath, json) => requestFor(path, {method: 'POST', json}),
        warn,
      }),
      paginate: <R extends object>(
        path: string,
        paging: ListRequestOptions & PaginateOptions<R> = {},
      ) => {
        const {decode: decoder = jsonDecoder()} = paging;
        return paginate<R>(
          {sendAllowing, warn, decoder, limit, resume},
          requestFor(path, paging),
          paging,
        );
      },
      download: <R extends object>(
        path: string,
        wanted: ListRequestOptions & DownloadOptions = {},
      ) => {
        const {decode: decoder = jsonDecoder()} = wanted;
        return download<R>(
          {sendAllowing, decoder, limit, signal},
          requestFor(path, wanted),
          wanted,
        );
      },
    };
  };
};

/** Opens a client. Close it: it holds connections. */
export const openHttpClient = (options: HttpOptions, runtime: HttpRuntime): OpenedClient => {
  const {sendAllowing, underWay, close} = openSending(options, runtime);
  const bind = binder(options, runtime, {sendAllowing});
  return {...bind({scope: SOURCE_SCOPE}), bind, underWay, close};
};
