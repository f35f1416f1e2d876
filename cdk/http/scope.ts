// Whom a request is for. A client is bound to a scope, and each of its requests carries it through all layers.
import type {Count} from './totals.ts';

/** A wait that is long enough to be reported. */
export type Wait = {
  /** Epoch milliseconds. */
  readonly until: number;
  /** In words: `the quota of https://api.github.com is used up`. */
  readonly reason: string;
};

/** The stream that a request is for, or one slice of it: several scopes may have the same name. */
export type RequestScope = {
  /** The stream's name; '' for the source itself. Circuit breakers and warnings are kept by it. */
  readonly name: string;
  /** Adds to the stream's totals. */
  readonly count: Count;
  /** Called before each wait of more than five seconds for a limit of the API. */
  readonly onWait: (wait: Wait) => void;
  /** Runs a wait of more than five seconds, and lets others have the slot meanwhile. */
  readonly yieldSlot: <T>(wait: () => Promise<T>) => Promise<T>;
};

/** The source itself: what it asks belongs to no stream, and nobody counts it. */
export const SOURCE_SCOPE: RequestScope = {
  name: '',
  count: () => {},
  onWait: () => {},
  yieldSlot: (wait) => wait(),
};
