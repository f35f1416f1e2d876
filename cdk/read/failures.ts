// Turns thrown errors into the failures that a user reads.
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

/** An error in one slice; `slice` is '' if it is the stream's. */
export type SliceFault = {readonly slice: string; readonly error: unknown};

const isForUsers = (error: unknown): boolean =>
  [ConfigError, TransientError, SystemError].some((kind) => error instanceof kind);

/** An unexpected error is a fault in the code: its own message alone would not help a user. */
export const userMessage = (error: unknown): string =>
  isForUsers(error)
    ? messageOf(error)
    : `The source stopped on an unexpected error: ${messageOf(error)}. This is a fault in its code: report it with the stack trace.`;

const describeFault = ({slice, error}: SliceFault): string =>
  slice === '' ? userMessage(error) : `${slice}: ${userMessage(error)}`;

const MAX_NAMED = 5;

/** The type that all failures share; `system_error` if they differ, as someone must look. */
const commonType = (types: readonly FailureType[]): FailureType =>
  types.every((type) => type === types[0]) ? (types[0] ?? 'system_error') : 'system_error';

/** Sums up the failed slices of a stream. */
export const streamFailure = (
  stream: StreamDescriptor,
  faults: readonly [SliceFault, ...SliceFault[]],
): Failure => {
  const [first] = faults;
  const named = faults.slice(0, MAX_NAMED).map(describeFault).join(' ');
  const more = faults.length > MAX_NAMED ? ` And ${faults.length - MAX_NAMED} more.` : '';
  return {
    type: commonType(faults.map(({error}) => failureTypeOf(error))),
    message:
      faults.length === 1
        ? describeFault(first)
        : `${faults.length} slices failed. ${named}${more}`,
    internalMessage: `${first.error}`,
    stack: stackOf(first.error),
    stream,
  };
};

export const commandFailure = (error: unknown): Failure => ({
  type: failureTypeOf(error),
  message: userMessage(error),
  internalMessage: `${error}`,
  stack: stackOf(error),
});

/** Ends a read with failed streams, after the failure of each. */
export const readFailure = (failures: readonly Failure[], streams: number): Failure => ({
  type: commonType(failures.map(({type}) => type)),
  message: `${failures.length} of ${streams} streams failed: ${failures.map(({stream}) => stream?.name).join(', ')}. The errors before this one say why.`,
});
