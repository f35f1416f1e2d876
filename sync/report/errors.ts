// Messages say what failed, with what value, and what to do. They are shown to the user unchanged.
import {messageOf, stackOf, UsageError} from '../../process/errors.ts';

/** A source, a file or the disk failed. */
export class SyncError extends Error {
  override readonly name = 'SyncError';
}

/** The message for a user. An unexpected error gets its stack, because its message alone would not help. */
export const userMessage = (error: unknown): string =>
  error instanceof UsageError || error instanceof SyncError
    ? error.message
    : `An unexpected error, which is a fault in headwater: report it. ${stackOf(error) ?? messageOf(error)}`;
