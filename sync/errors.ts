// Messages say what failed, with what value, and what to do; they are shown to the user as they are.

/** The command line asks for something that does not exist or makes no sense. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** A source, a file or the disk did not do its part. */
export class SyncError extends Error {
  override readonly name = 'SyncError';
}

/** A field of an error, whatever threw it: by `instanceof` another realm's errors, as in tests, would be none. */
const fieldOf = (error: unknown, field: 'message' | 'code' | 'stack'): string | undefined => {
  if (typeof error !== 'object' || error === null || !(field in error)) return undefined;
  const value: unknown = Reflect.get(error, field);
  return value === undefined ? undefined : String(value);
};

/** The text of anything that was thrown. */
export const messageOf = (error: unknown): string => fieldOf(error, 'message') || String(error);

/** The same for a user: of an error nobody foresaw, its own message alone would not help. */
export const userMessage = (error: unknown): string =>
  error instanceof UsageError || error instanceof SyncError
    ? error.message
    : `An unexpected error, a fault in headwater: report it. ${fieldOf(error, 'stack') ?? messageOf(error)}`;

/** The system's name for what failed, such as ENOENT; empty for other errors. */
export const codeOf = (error: unknown): string => fieldOf(error, 'code') ?? '';
