import type {JsonObject} from '../json/values.ts';
import type {Auth, AuthRuntime} from './auth/auth.ts';
import {authOriginsOf, onlyTo, secretKeeper, withheldFrom} from './auth/own-origins.ts';
import {baseUrlOf} from './base-url.ts';
import {asOne, decodeResponse} from './decode/decode-response.ts';
import type {Decoder} from './decode/decoder.ts';
import {json as jsonDecoder} from './decode/json.ts';
import {type DownloadOptions, download} from './download.ts';
import {type Graphql, openGraphql} from './graphql.ts';
import type {HttpRun} from './http-run.ts';
import {type InFlight, openInFlight} from './in-flight.ts';
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
import {type RequestScope, SOURCE_SCOPE} from './request-scope.ts';
import {actionOf} from './response/action.ts';
import {describeResponse, refusal} from './response/faults.ts';
import {openWrongUrls, type UrlFields} from './response/wrong-url.ts';
import type {HttpRequest, HttpResponse, RaisingRule, ResponseRule, Send} from './types.ts';
import {MAX_BODY_BYTES} from './wire/body-limits.ts';
import {followLinks} from './wire/crossing.ts';
import {proxySecrets} from './wire/proxies.ts';
import {openReach} from './wire/reach.ts';
import {type TimeoutOptions, timeoutsOf} from './wire/timeouts.ts';
import {openTransport, type TransportOptions} from './wire/transport.ts';

/** The `connect` of a source: the API's address, its credentials, and its limits. */
export type HttpOptions = TransportOptions &
  LayerOptions & {
    /** Such as `https://api.example.com/v2`. Paths are appended to it. Credentials are sent to its origin only. */
    readonly baseUrl?: string;
    /** The path that `graphql` sends its queries to. Default: the base URL itself. */
    readonly graphqlPath?: string;
    readonly auth?: Auth;
    /** More origins that get the credentials, for APIs that link to another host: `https://files.example.com`. */
    readonly authOrigins?: readonly string[];
    /** Sent with every request to any host, so don't put credentials here. Names in lower case. */
    readonly headers?: Readonly<Record<string, string>>;
    readonly timeouts?: TimeoutOptions;
    /** For responses that do not mean what their status says, logins included. The first matching rule applies. */
    readonly rules?: readonly ResponseRule[];
    /** Explains a refusal of the API or of a login: the returned error is thrown; undefined keeps the kit's error. */
    readonly explain?: (refused: HttpResponse) => Error | undefined;
  };

/** Changes something in the API. `T` is your claim about the response. */
type Change = <T = unknown>(path: string, options?: ChangeOptions) => Promise<T>;

/** @template Item the default record type of lists and downloads */
export type HttpClient<Item extends object = JsonObject> = {
  /**
   * The content of one response: its JSON, or the result of `decode`; null if a rule ignores the response. `T` is your
   * claim about the API; nothing checks it.
   */
  readonly get: <T = unknown>(path: string, options?: GetOptions) => Promise<T>;
  /** The same for a POST that only reads, for APIs that search by POST. It is retried like a GET. */
  readonly search: <T = unknown>(path: string, options?: SearchOptions) => Promise<T>;
  /**
   * The content of the response to a POST that changes something in the API, such as one that starts an export; null if
   * there is no body. The request is sent once: see `idempotencyKey`. `put`, `patch` and `delete` do the same.
   */
  readonly post: Change;
  readonly put: Change;
  readonly patch: Change;
  readonly delete: Change;
  /** The `data` of a GraphQL query. `T` is your claim about it. Throws the errors in the response, and waits while throttled. */
  readonly graphql: Graphql;
  /** Yields pages of records. At most one page is fetched ahead. `R` is your claim about the API. */
  readonly paginate: <R extends object = Item>(
    path: string,
    options?: ListRequestOptions & PaginateOptions<NoInfer<R>>,
  ) => AsyncIterable<FetchedRecords<R>>;
  /**
   * The records of one response of any size, in batches of about a thousand records or a mebibyte. The response is written
   * to a temporary file first, so it is complete before the first record is yielded. `R` is your claim about the API.
   */
  readonly download: <R extends object = Item>(
    path: string,
    options?: ListRequestOptions & DownloadOptions<NoInfer<R>>,
  ) => AsyncIterable<FetchedRecords<R>>;
};

type Binding = {
  readonly scope: RequestScope;
  /** Says which list continues where an earlier run was interrupted. Without it pages do not carry the next location. */
  readonly resume?: ListResume | undefined;
  /** Applied after those of a request, before those of the client. */
  readonly rules?: readonly RaisingRule[];
};

export type Bind = (binding: Binding) => HttpClient;

/** A client and its controls, for the run that opened it. It is bound to the source itself. */
export type OpenedClient = HttpClient & {
  /** Binds the client to one stream: its requests are counted, wait and fail for that stream. Cheap. */
  readonly bind: Bind;
  readonly inFlight: InFlight['list'];
  readonly close: () => Promise<void>;
};

/** Passed by a run to its client. */
export type HttpRuntime = Pick<HttpRun, 'signal' | 'log'> & {
  readonly clock?: Clock | undefined;
  readonly random?: HttpRun['random'] | undefined;
  /** Masks the secrets of the run in a string. */
  readonly redact?: (text: string) => string;
  /** Given by a check: a failure that a wrong URL in the config may cause is a config error that names the fields. */
  readonly urlFields?: UrlFields | undefined;
} & Partial<Pick<AuthRuntime, 'onSecret' | 'onRotated'>>;

/** Ignored responses stay visible: the first one of each stream and status is logged, and all are counted. */
const ignoredReporter = ({log}: Pick<HttpRun, 'log'>) => {
  const reported = new Set<string>();
  return (request: HttpRequest, response: HttpResponse): void => {
    const {name, count} = request.scope;
    count('ignored');
    const key = `${name} ${response.status}`;
    if (reported.has(key)) return;
    reported.add(key);
    log(
      'WARN',
      `${describeResponse(request, response)} The source treats this as "nothing here". Further responses with this status are counted, not logged.`,
    );
  };
};

/** A status that the list allows means the same as a rule that ignores it, or the end of the list. */
const isAccepted = (response: HttpResponse, allowed: readonly number[]): boolean =>
  allowed.includes(response.status) || ['success', 'ignore'].includes(actionOf(response));

/** Everything between the client's methods and the wire. All bound clients share it. */
const openSending = (options: HttpOptions, runtime: HttpRuntime) => {
  const {signal, log, clock = systemClock, random = Math.random} = runtime;
  const {onRotated = async () => {}} = runtime;
  const {onSecret, holdsSecret} = secretKeeper(runtime);
  const {baseUrl, explain} = options;
  const origins = authOriginsOf(options);
  const withheld = (request: HttpRequest, response: HttpResponse): string | undefined =>
    options.auth && baseUrl !== undefined ? withheldFrom(origins, request, response) : undefined;
  const timeouts = timeoutsOf(options.timeouts);
  const run: HttpRun = {signal, log, clock, random, ends: clock.now() + timeouts.run};
  const reach = openReach({...options, authOrigins: origins});
  const crossing = {reach, holdsSecret, hasAuth: options.auth !== undefined};
  const transport = openTransport(timeouts, signal, options, crossing);
  const inFlight = openInFlight(clock.now);
  for (const secret of proxySecrets(options.proxy)) onSecret(secret);
  // Outside the retries: a token request has its own retries, and the two must not multiply.
  const wrongUrls = openWrongUrls(runtime.urlFields);
  const wire = {...transport, send: wrongUrls.watch(transport.send), timeouts, inFlight};
  const send = onlyTo(origins, options, {
    clock,
    explain,
    send: wrongUrls.explain(withLayers(wire, options, run)),
    resolve: (path) => resolveUrl(baseUrl, path),
    onSecret,
    onRotated,
  });
  const reportIgnored = ignoredReporter(run);

  /** Returns successful and ignored responses. Others are thrown unless their status is allowed. */
  const sendAllowing =
    (allowed: readonly number[] = []): Send =>
    async (request) => {
      const response = await send(request);
      if (!isAccepted(response, allowed)) {
        const hidden = withheld(request, response);
        throw (
          response.rule?.raise?.(describeResponse(request, response)) ??
          explain?.(response) ??
          (hidden === undefined ? wrongUrls.refused(request, response) : undefined) ??
          refusal(request, response, hidden)
        );
      }
      if (actionOf(response) === 'ignore') reportIgnored(request, response);
      return response;
    };
  const base = baseUrl === undefined ? undefined : new URL(baseUrl);
  const follow = followLinks(base, (to) => origins.includes(to), crossing);
  const {explainContent} = wrongUrls;
  const {list} = inFlight;
  return {
    sendAllowing,
    follow,
    holdsSecret,
    explainContent,
    inFlight: list,
    close: transport.close,
  };
};

/** The methods of a client, for one stream. */
const binder = (
  options: HttpOptions,
  {signal, log}: Pick<HttpRun, 'signal' | 'log'>,
  {
    sendAllowing,
    follow,
    holdsSecret,
    explainContent,
  }: Omit<ReturnType<typeof openSending>, 'inFlight' | 'close'>,
): Bind => {
  const {maxBodyBytes: limit = MAX_BODY_BYTES, graphqlPath = ''} = options;
  const {maxDownloadBytes: largest} = options;
  const makeRequest = requestMaker(options, limit);
  const warn = (message: string): void => log('WARN', message);
  const debug = (message: string): void => log('DEBUG', message);

  /** A change `mayBeEmpty`: its status already confirms it. */
  const contentOf = async <T>(
    request: HttpRequest,
    {decode = jsonDecoder(), mayBeEmpty = false}: {decode?: Decoder; mayBeEmpty?: boolean} = {},
  ): Promise<T> => {
    const response = await sendAllowing()(request);
    const isEmpty = mayBeEmpty && response.body.length === 0;
    if (actionOf(response) === 'ignore' || isEmpty) return JSON.parse('null');
    const decoder = explainContent(request, decode);
    const {documents} = await decodeResponse(request, response, decoder, limit);
    return asOne(documents) as T; // the author's claim
  };
  return ({scope, resume, rules = []}) => {
    const requestFor = (path: string, wanted: Wanted) =>
      makeRequest(scope, path, {...wanted, rules: [...(wanted.rules ?? []), ...rules]});
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
        const request = requestFor(path, paging);
        const decoder = explainContent(request, paging.decode ?? jsonDecoder());
        return paginate<R>(
          {sendAllowing, follow, holdsSecret, warn, debug, decoder, limit, resume},
          request,
          paging,
        );
      },
      download: <R extends object>(
        path: string,
        wanted: ListRequestOptions & DownloadOptions<R> = {},
      ) =>
        download<R>(
          {sendAllowing, decoder: wanted.decode ?? jsonDecoder(), limit, largest, signal},
          requestFor(path, wanted),
          wanted,
        ),
    };
  };
};

/** Opens a client. Close it after use: it holds connections. */
export const openHttpClient = (given: HttpOptions, runtime: HttpRuntime): OpenedClient => {
  const {baseUrl} = given;
  const options = baseUrl === undefined ? given : {...given, baseUrl: baseUrlOf(baseUrl)};
  const {inFlight, close, ...sending} = openSending(options, runtime);
  const bind = binder(options, runtime, sending);
  return {...bind({scope: SOURCE_SCOPE}), bind, inFlight, close};
};
