// What all stores of secrets have in common.

/** Loads an optional package, whose shape `T` is your claim; throws a ConfigError where it is not installed. */
export type Load = <T>(packageName: string) => Promise<T>;

/** What a resolver lends to its stores. */
export type StoreContext = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly load: Load;
  /** Told every secret that a store itself needs. */
  readonly onSecret: (secret: string) => void;
  readonly signal: AbortSignal;
};

/** A place that keeps secrets. */
export type Store = {
  /**
   * Fetches a secret by its name: a text, or the fields of one. The messages of its errors are the end of a sentence
   * that names the reference, `there is no such file`, and never hold a value.
   */
  readonly fetch: (target: string, signal: AbortSignal) => Promise<unknown>;
  readonly close: () => Promise<void>;
};

export type OpenStore = (context: StoreContext) => Store;

/** For stores that hold nothing open. */
export const nothingToClose = async (): Promise<void> => {};

/** The text of a secret that came as bytes; undefined where it is none. */
export const decodeUtf8 = (bytes: Uint8Array): string | undefined => {
  try {
    return new TextDecoder('utf-8', {fatal: true}).decode(bytes);
  } catch {
    return undefined;
  }
};
