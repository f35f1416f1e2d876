// What every program here needs to say about an error.

/** The command line, or a file that it names, is wrong: the message says what to do. The program ends with exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Not by `instanceof`: jest runs tests in a realm of its own, where errors of Node's are made by another `Error`. */
const fieldOf = (error: unknown, field: 'message' | 'code' | 'stack'): string | undefined => {
  if (typeof error !== 'object' || error === null || !(field in error)) return undefined;
  const value: unknown = Reflect.get(error, field);
  return value === undefined ? undefined : String(value);
};

/** The message of anything that was thrown. */
export const messageOf = (error: unknown): string => fieldOf(error, 'message') || String(error);

/** The code of a system error, such as ENOENT; undefined for other errors. */
export const codeOf = (error: unknown): string | undefined => fieldOf(error, 'code');

export const stackOf = (error: unknown): string | undefined => fieldOf(error, 'stack');
