import type {HttpClient, HttpOptions} from '../http/client.ts';
import type {JsonObject} from '../json/values.ts';
import type {Stream} from './stream-types.ts';
import type {Awaitable, describes} from './types.ts';

/** A connector specification, the content of `spec.json`, with the type of the config. `npm run generate` makes it. */
export type Spec<C extends object> = {
  readonly connectionSpecification: JsonObject;
  readonly documentationUrl?: string;
  readonly changelogUrl?: string;
  readonly [describes]?: C;
};

/** Passed to `check` and `streams`. */
export type Connection<C> = {
  /** The user's config, valid by the spec and with its defaults filled in. */
  readonly config: C;
  /** A client as `connect` describes it, for requests of the source itself. The functions of a stream get their own. */
  readonly http: HttpClient;
};

/** A connector that reads one API. */
export type Source<C extends object> = {
  /** In lower case, as its folder is called: `github`. */
  readonly name: string;
  readonly spec: Spec<C>;
  /**
   * Describes how to reach the API: `({token}) => ({baseUrl: 'https://api.example.com', auth: bearer(token)})`. Without it
   * `http` takes absolute URLs and sends no credentials.
   */
  readonly connect?: (config: NoInfer<C>) => HttpOptions;
  /**
   * Throws if the config does not work: `({http}) => http.get('/me')`. A `ConfigError` is shown to the user; any other error
   * says nothing about the config. Keep it to a few cheap requests: it has 25 seconds.
   */
  readonly check: (connection: Connection<NoInfer<C>>) => Promise<unknown>;
  /** Returns the streams, or a promise of them if only the API knows them. Called once per command. */
  readonly streams: (connection: Connection<NoInfer<C>>) => Awaitable<readonly Stream[]>;
  /**
   * The number of slices that are read at once, over all streams. 1 reads one after another, in the order of the catalog.
   * Default 10. `maxConcurrentRequests` in `connect` limits requests.
   */
  readonly concurrency?: number | ((config: NoInfer<C>) => number | undefined);
};

/** Refuses options that the client does not know; TypeScript alone lets surplus fields of a returned object pass. */
type Known<H> = H & {readonly [Surplus in Exclude<keyof H, keyof HttpOptions>]: never};

/**
 * Describes a source; `run` makes a program of it. The type of the config comes from `spec`. A misspelt option in what
 * `connect` returns does not compile.
 */
export const defineSource = <C extends object, H extends HttpOptions = HttpOptions>(
  source: Omit<Source<C>, 'connect'> & {
    readonly connect?: (config: NoInfer<C>) => Known<H>;
  },
): Source<C> => source;
