// Notices records that come back after a sweep has marked them as deleted, with the cursor that they had.
import type {Stream} from '../../author/stream-types.ts';
import type {Slice, StreamContext} from '../../author/types.ts';
import {messageOf} from '../../errors.ts';
import {isoOf} from '../state/fields.ts';
import type {DeletesState} from '../state/stream-state.ts';
import {type DeletedId, type DeletedIds, openDeletedIds} from './deleted-ids.ts';
import type {Id} from './ids.ts';
import {fetchRecord} from './restored.ts';
import type {Found} from './sweep.ts';

/** For so long after a record was marked as deleted its return is noticed. Milliseconds. */
const KEPT = 90 * 24 * 3_600_000;

const MAX_NAMED = 5;

export const openReturned = (
  {deletes, primaryKey}: Stream,
  swept: DeletedIds,
  {startedAt, warn}: {readonly startedAt: number; readonly warn: (message: string) => void},
) => {
  const fetch = deletes?.sweep?.fetch;
  const listed: DeletedId[] = [];
  return {
    /** Call it once their tombstones are emitted. */
    mark: (found: readonly Found[], cursors: readonly DeletedId['cursor'][]): void => {
      for (const [index, {key, id}] of found.entries()) {
        swept.add(key, {id, at: isoOf(startedAt), cursor: cursors[index]});
      }
    },
    /** @param ids a complete list of a slice. The records that came with a new cursor are already forgotten. */
    find: async (
      ids: ReadonlyMap<string, Id> | undefined,
      context: StreamContext & {readonly slice: Slice},
      emit: (record: object) => Promise<object>,
    ): Promise<readonly object[]> => {
      const found = [...(ids?.values() ?? [])].flatMap((id) => swept.get(id) ?? []);
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

/** The ids that the sweep has marked as deleted; undefined for streams that emit all records in each sync anyway. */
export const openSwept = (
  {cursor, primaryKey, deletes}: Stream,
  state: DeletesState,
  {startedAt, warn}: {readonly startedAt: number; readonly warn: (message: string) => void},
): DeletedIds | undefined => {
  if (cursor === undefined || deletes?.sweep === undefined) return undefined;
  const {sweep} = state;
  const stored = sweep && 'known' in sweep ? sweep.deleted : undefined;
  return openDeletedIds(stored, {key: primaryKey, oldest: isoOf(startedAt - KEPT), warn});
};
