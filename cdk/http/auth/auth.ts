import type {Clock} from '../limits/clock.ts';
import type {Send} from '../types.ts';

/** A refresh token that took another's place: the one before it is void, or will be. */
export type Rotation = {readonly from: string; readonly to: string};

/** What a client lends to its credentials. */
export type AuthRuntime = {
  readonly clock: Clock;
  /** Sends what obtains credentials: to any origin, with retries, without credentials of its own. */
  readonly send: Send;
  /** A path under the API's base, or an absolute URL. */
  readonly resolve: (path: string) => URL;
  /** Told every secret before it is sent, and every token before it is used. */
  readonly onSecret: (secret: string) => void;
  /** Resolves once the rotation is out of this process: until then the new token is not used. */
  readonly onRotated: (rotation: Rotation) => Promise<void>;
};

/** Adds credentials to what passes through. It is only ever given requests to the API's own origin. */
export type Auth = (send: Send, runtime: AuthRuntime) => Send;
