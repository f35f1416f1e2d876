// A client is bound to a scope, and each of its requests carries the scope through all layers.
import type {Count} from './request-totals.ts';

/** A wait of more than five seconds. */
export type Wait = {
  /** Epoch milliseconds. */
  readonly until: number;
  /** Such as `the quota of https://api.github.com is used up`. */
  readonly reason: string;
};

/** The stream that a request belongs to, or one slice of it: several scopes may have the same name. */
export type RequestScope = {
  /** The stream's name; '' for the source itself. Each name has its own circuit breakers and warnings. */
  readonly name: string;
  readonly count: Count;
  /** Called before each long wait for a limit of the API. */
  readonly onWait: (wait: Wait) => void;
  /** Runs a long wait, and gives the slot to other slices meanwhile. */
  readonly yieldSlot: <T>(wait: () => Promise<T>) => Promise<T>;
};

/** For requests of the source itself. They are not counted for any stream. */
export const SOURCE_SCOPE: RequestScope = {
  name: '',
  count: () => {},
  onWait: () => {},
  yieldSlot: (wait) => wait(),
};
