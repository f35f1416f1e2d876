import {ConfigError} from '../errors.ts';

/** Loads an optional package. `T` is the caller's claim. Throws a ConfigError if it is not installed. */
export type Load = <T>(packageName: string) => Promise<T>;

export type StoreContext = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly load: Load;
  /** Called with every secret that a store itself needs. */
  readonly onSecret: (secret: string) => void;
  readonly signal: AbortSignal;
};

export type Store = {
  /**
   * Fetches a secret by its name: a string, or an object of fields. Its error messages end a sentence that names the
   * reference, such as `there is no such file`, and never contain a value.
   */
  readonly fetch: (target: string, signal: AbortSignal) => Promise<unknown>;
  readonly close: () => Promise<void>;
};

export type OpenStore = (context: StoreContext) => Store;

export const nothingToClose = async (): Promise<void> => {};

export const decodeUtf8 = (bytes: Uint8Array): string => {
  try {
    return new TextDecoder('utf-8', {fatal: true}).decode(bytes);
  } catch {
    throw new ConfigError('it is binary, not text in UTF-8');
  }
};
