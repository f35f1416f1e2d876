// The cursor of APIs that give out a token for "everything up to now". The token is the position, and only the API reads it.
import type {ResponseRule} from '../http/types.ts';
import type {Awaitable, CursorValue, Slice, StreamContext} from './types.ts';

/** Recognizes a response, by the conditions of a rule: `{status: 400, text: /EXPIRED_SYNC_TOKEN/}`. */
type ResponseMatch = Omit<ResponseRule, 'action' | 'failure' | 'advice'>;

/** `{token: 'last-page'}`: each sync passes the token that the last one ended with, and gets what changed since. */
export type TokenCursor<S extends Slice = Slice> = {
  /**
   * The pages whose token is a position. `last-page`: the one at the end of the list, as at Google and Plaid. `each-page`: any, since each
   * token stands for all records before it, as in CouchDB and Dropbox; the position is then saved after each page.
   */
  readonly token: 'each-page' | 'last-page';
  /**
   * Responses by which the API says that it no longer knows the token. The slice is then read from its beginning, with a warning. 410
   * always means that; throw an `ExpiredToken` in `read` for what a response does not show.
   */
  readonly expired?: readonly ResponseMatch[];
  /**
   * Responses by which the API says that data changed while it was paged, as at Plaid: the slice is read again from the token that it
   * began with, up to three times.
   */
  readonly restart?: readonly ResponseMatch[];
  /**
   * Returns the identity of what tokens belong to, such as the time at which a database was created. It is saved beside the token, and
   * another one means that the token has expired. For APIs that answer a token of another database as if it were their own.
   * Undefined: it is not known.
   */
  readonly identity?: (
    context: StreamContext & {readonly slice: S},
  ) => Awaitable<CursorValue | undefined>;
};

/**
 * True if the stream's own list, read from the beginning, shows which records were deleted: by the API's contract that list, and what
 * comes after its token, is everything.
 */
export const provesDeletes = ({
  token,
  deletes,
}: {
  readonly token?: TokenCursor;
  readonly deletes?: {readonly sweep?: {readonly read?: unknown}};
}): boolean =>
  token !== undefined && deletes?.sweep !== undefined && deletes.sweep.read === undefined;
