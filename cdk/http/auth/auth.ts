import type {Clock} from '../limits/clock.ts';
import type {HttpResponse, Send} from '../types.ts';

/** A replaced refresh token. The old one is invalid, or soon will be. */
export type Rotation = {readonly from: string; readonly to: string};

/** Passed by a client to its `auth`. */
export type AuthRuntime = {
  readonly clock: Clock;
  /** Sends logins and token requests: to any origin, with retries and the source's `rules`, without credentials. */
  readonly send: Send;
  /** The source's own explanation of a refusal, in place of the usual error. */
  readonly explain?: ((refused: HttpResponse) => Error | undefined) | undefined;
  /** Resolves a path under the API's base, or an absolute URL. */
  readonly resolve: (path: string) => URL;
  /** Called with every secret before it is sent, and every token before it is used. */
  readonly onSecret: (secret: string) => void;
  /** Saves the new refresh token. It is not used until this resolves. */
  readonly onRotated: (rotation: Rotation) => Promise<void>;
};

/** Adds credentials to requests. It only gets requests to the API's own origin. */
export type Auth = (send: Send, runtime: AuthRuntime) => Send;
