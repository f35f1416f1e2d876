// What an author's file calls for the source as a whole: a source is one value. Nothing here runs before a command does.

import type {HttpClient, HttpOptions} from '../http/client.ts';
import type {JsonObject} from '../json/values.ts';
import type {Stream} from './stream-value.ts';
import type {Awaitable, describes} from './types.ts';

/** A connector specification (the content of `spec.json`), tied to the type of the config it describes. */
export type Spec<C extends object> = {
  readonly connectionSpecification: JsonObject;
  readonly documentationUrl?: string;
  readonly changelogUrl?: string;
  readonly [describes]?: C;
};

/** What `check` and `streams` are given. */
export type Connection<C> = {
  /** The user's config: valid by the spec, with its defaults filled in. */
  readonly config: C;
  /** Talks to the API as `connect` says, for the source itself. Streams are handed one of their own. */
  readonly http: HttpClient;
};

/** A connector. */
export type Source<C extends object> = {
  /** `github`: lower case, as in `sources/github`. */
  readonly name: string;
  readonly spec: Spec<C>;
  /** How the API is reached. Without it `http` takes absolute URLs and sends no credentials. */
  readonly connect?: (config: NoInfer<C>) => HttpOptions;
  /** Throws if the config does not work; the message is what the user sees. Keep it to a few cheap requests. */
  readonly check: (connection: Connection<NoInfer<C>>) => Promise<unknown>;
  /** The streams; a promise, where they are only known by asking the API. Called once a command. */
  readonly streams: (connection: Connection<NoInfer<C>>) => Awaitable<readonly Stream[]>;
  /**
   * How many slices are read at once, of all streams together; 1: one after another, in the order of the catalog. Default 10.
   * How many requests may be under way is `maxConcurrentRequests` in `connect`.
   */
  readonly concurrency?: number | ((config: NoInfer<C>) => number | undefined);
};

/** Describes a source. The config type comes from `spec`. */
export const defineSource = <C extends object>(source: Source<C>): Source<C> => source;
