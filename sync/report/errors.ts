// Messages say what failed, with what value, and what to do; they are shown to the user as they are.
import {messageOf, stackOf, UsageError} from '../../process/errors.ts';

/** A source, a file or the disk did not do its part. */
export class SyncError extends Error {
  override readonly name = 'SyncError';
}

/** The message for a user. That of an unforeseen error would not help by itself, so its stack is added. */
export const userMessage = (error: unknown): string =>
  error instanceof UsageError || error instanceof SyncError
    ? error.message
    : `An unexpected error, a fault in headwater: report it. ${stackOf(error) ?? messageOf(error)}`;
