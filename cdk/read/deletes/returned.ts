// Notices records that a sweep finds again after they were marked as deleted, with the cursor that they had.
import type {Stream} from '../../author/stream-types.ts';
import type {Slice, StreamContext} from '../../author/types.ts';
import {messageOf} from '../../errors.ts';
import {cursorRules} from '../cursor/rules.ts';
import {isoOf} from '../state/fields.ts';
import type {DeletesState} from '../state/stream-state.ts';
import {type DeletedId, type DeletedIds, openDeletedIds} from './deleted-ids.ts';
import {type Id, idOf} from './ids.ts';
import {fetchRecord} from './restored.ts';

/** For so long after a record was marked as deleted its return is noticed. Milliseconds. */
const KEPT = 90 * 24 * 3_600_000;

const MAX_NAMED = 5;

export type Returned = ReturnType<typeof openReturned>;

export const openReturned = (
  {cursor, deletes, primaryKey}: Stream,
  marked: DeletedIds,
  {startedAt, warn}: {readonly startedAt: number; readonly warn: (message: string) => void},
) => {
  const fetch = deletes?.sweep?.fetch;
  const now = isoOf(startedAt);
  const rules = cursor && cursorRules(cursor);
  const listed: DeletedId[] = [];
  /** A record that the list of deleted ones has in this run may be in other lists, too. */
  const markedBefore = (id: Id): DeletedId | undefined => {
    const deleted = marked.get(id);
    return deleted?.at === now ? undefined : deleted;
  };
  return {
    markedBefore,
    /** Call it before the tombstones are emitted. */
    mark: (slice: string, tombstones: readonly object[]): void => {
      for (const tombstone of tombstones) {
        const id = idOf(tombstone, primaryKey);
        if (id !== undefined) marked.add(slice, {id, at: now, cursor: rules?.valueOf(tombstone)});
      }
    },
    /** @param ids a complete list of a slice. The records that came with a new cursor are already forgotten. */
    find: async (
      ids: ReadonlyMap<string, Id> | undefined,
      context: StreamContext & {readonly slice: Slice},
      emit: (record: object) => Promise<object>,
    ): Promise<readonly object[]> => {
      const found = [...(ids?.values() ?? [])].flatMap((id) => markedBefore(id) ?? []);
      const returned: object[] = [];
      if (fetch === undefined) {
        listed.push(...found);
        return returned;
      }
      try {
        for (const one of found) {
          const record = await fetchRecord(fetch, 'deletes.sweep.fetch', one, primaryKey, context);
          if (record !== undefined) returned.push(await emit(record));
        }
      } catch (error) {
        context.signal.throwIfAborted();
        warn(
          `\`deletes.sweep.fetch\` failed, so records that are listed again are requested in the next sweep: ${messageOf(error)}`,
        );
      }
      return returned;
    },
    end: (): void => {
      if (listed.length === 0) return;
      const named = listed.slice(0, MAX_NAMED).map(({id}) => JSON.stringify(id));
      const more = listed.length > MAX_NAMED ? ` and ${listed.length - MAX_NAMED} more` : '';
      warn(
        `records that were marked as deleted are listed again: ${named.join(', ')}${more}. Those that did not get a new cursor since are not read. Set \`deletes.sweep.fetch\` to request them, or run a full refresh.`,
      );
    },
  };
};

/** The ids that were marked as deleted; undefined for streams without a sweep, and those that emit all records anyway. */
export const openMarked = (
  {cursor, primaryKey, deletes}: Stream,
  state: DeletesState,
  {startedAt, warn}: {readonly startedAt: number; readonly warn: (message: string) => void},
): DeletedIds | undefined => {
  if (cursor === undefined || deletes?.sweep === undefined) return undefined;
  const {sweep} = state;
  const stored = sweep && 'known' in sweep ? sweep.deleted : undefined;
  return openDeletedIds(stored, {key: primaryKey, oldest: isoOf(startedAt - KEPT), warn});
};
