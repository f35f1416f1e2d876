/** The command line, or a file that it names, is wrong. The message says what to do; the program ends with exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Does not use `instanceof`: in jest's realm, Node's own errors are not instances of `Error`. */
const fieldOf = (error: unknown, field: 'message' | 'code' | 'stack'): string | undefined => {
  if (typeof error !== 'object' || error === null || !(field in error)) return undefined;
  const value: unknown = Reflect.get(error, field);
  return value === undefined ? undefined : String(value);
};

/** The message of any thrown value. */
export const messageOf = (error: unknown): string => fieldOf(error, 'message') || String(error);

/** The code of a system error, such as ENOENT; undefined for other errors. */
export const codeOf = (error: unknown): string | undefined => fieldOf(error, 'code');

export const stackOf = (error: unknown): string | undefined => fieldOf(error, 'stack');
