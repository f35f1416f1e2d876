// From what was thrown to what the user reads.
import {
  ConfigError,
  type FailureType,
  failureTypeOf,
  messageOf,
  SystemError,
  stackOf,
  TransientError,
} from '../errors.ts';
import type {StreamDescriptor} from '../protocol/generated/airbyte.ts';
import type {Failure} from '../protocol/messages.ts';

/** What went wrong in one slice, or with the slices themselves. */
export type SliceFault = {readonly slice: string; readonly error: unknown};

const isMeantForUsers = (error: unknown): boolean =>
  error instanceof ConfigError || error instanceof TransientError || error instanceof SystemError;

/** An error nobody foresaw is a fault of the code: its own message alone would not help a user. */
export const userMessage = (error: unknown): string =>
  isMeantForUsers(error)
    ? messageOf(error)
    : `The source stopped on an unexpected error: ${messageOf(error)}. This is a fault in its code: report it with the stack trace.`;

const place = ({slice, error}: SliceFault): string =>
  slice === '' ? userMessage(error) : `${slice}: ${userMessage(error)}`;

const MAX_NAMED = 5;

/** One type for several failures: the one they share; if they differ, somebody has to look. */
const commonType = (types: readonly FailureType[]): FailureType =>
  types.every((type) => type === types[0]) ? (types[0] ?? 'system_error') : 'system_error';

/** One failure for a stream, whichever of its slices failed. */
export const streamFailure = (
  stream: StreamDescriptor,
  faults: readonly [SliceFault, ...SliceFault[]],
): Failure => {
  const [first] = faults;
  const named = faults.slice(0, MAX_NAMED).map(place).join(' ');
  const more = faults.length > MAX_NAMED ? ` And ${faults.length - MAX_NAMED} more.` : '';
  return {
    type: commonType(faults.map(({error}) => failureTypeOf(error))),
    message: faults.length === 1 ? place(first) : `${faults.length} slices failed. ${named}${more}`,
    internalMessage: `${first.error}`,
    stack: stackOf(first.error),
    stream,
  };
};

/** The failure of a command as a whole. */
export const commandFailure = (error: unknown): Failure => ({
  type: failureTypeOf(error),
  message: userMessage(error),
  internalMessage: `${error}`,
  stack: stackOf(error),
});

/** What a read with failed streams ends with, behind the failure of each. */
export const readFailure = (failures: readonly Failure[], streams: number): Failure => ({
  type: commonType(failures.map(({type}) => type)),
  message: `${failures.length} of ${streams} streams failed: ${failures.map(({stream}) => stream?.name).join(', ')}. The errors before this one say why.`,
});
