// Notices restored records: those that left an API's list of deleted items, or that it shows as restored.
import type {DeletedList} from '../../author/deletes.ts';
import type {CursorValue, Page, Slice} from '../../author/types.ts';
import {shift} from '../../duration.ts';
import {SystemError} from '../../errors.ts';
import {isObject} from '../../json/values.ts';
import type {CursorRules} from '../cursor/rules.ts';
import {isoOf} from '../state/fields.ts';
import type {DeletedId, DeletedIds} from './deleted-ids.ts';
import {comparableId, type Id} from './ids.ts';

/** An item of the list. */
export type Entry = {
  readonly raw: object;
  readonly id: Id;
  /** When it was deleted; undefined if the list has no times. */
  readonly at: CursorValue | undefined;
};

/** One reading of the list of a slice. */
export type Watch = {
  /** Returns the entries to emit: those that no earlier run has emitted. */
  readonly take: <E extends Entry>(page: Page, entries: readonly E[]) => readonly E[];
  /** Call it before the entry's tombstone is emitted, and again without `isPending`. */
  readonly remember: (entry: Entry, more: Pick<DeletedId, 'cursor' | 'isPending'>) => void;
  /** Call it at the end of the list: the records that may have been restored. */
  readonly missing: () => readonly DeletedId[];
};

export type Watching = {
  readonly slice: Slice;
  readonly key: string;
  /** All items deleted before this were listed. */
  readonly position: CursorValue | undefined;
};

type Options = {
  readonly list: Pick<DeletedList<object, Slice>, 'at' | 'restores'>;
  readonly rules: CursorRules;
  readonly startedAt: number;
  readonly warn: (message: string) => void;
};

const assertTime = ({at, raw}: Entry, field: string, {isTime}: CursorRules): void => {
  if (at !== undefined && isTime(at)) return;
  throw new SystemError(
    `\`deletes.list.restores\` needs the time at which each item was deleted, but ${field} of one is ${JSON.stringify(at ?? Reflect.get(raw, field))}. Set \`deletes.list.at\`, and its \`format\`; without \`at\` the time of the sync counts.`,
  );
};

/** Tracks whether all pages of a list came. */
const openCompleteness = () => {
  let pages = 0;
  let reason: string | undefined;
  return {
    take: ({incompleteReason}: Page): void => {
      pages += 1;
      reason ??= incompleteReason;
    },
    fault: (): string | undefined => reason ?? (pages === 0 ? 'it has no page at all' : undefined),
  };
};

/** Undefined if the list has no `restores`. */
export const openRestores = ({list, rules, startedAt, warn}: Options, deleted: DeletedIds) => {
  const {restores, at: field} = list;
  if (restores === undefined) return undefined;
  const oldest = shift(startedAt, restores.within, -1);
  const isOld = ({at}: Pick<DeletedId, 'at'>): boolean => (rules.instantOf(at) ?? 0) <= oldest;
  const isLater = (a: CursorValue | undefined, b: CursorValue | undefined): boolean =>
    a !== undefined && b !== undefined && rules.compare(a, b) > 0;

  return {
    /** Lists again what may have been restored since, from one tick earlier in case the API lists what came *after* `since`. */
    since: (key: string, position: CursorValue): CursorValue =>
      [...deleted.of(key).values()]
        .map(({at}) => rules.tickBefore(at))
        .reduce<CursorValue>(
          (one, other) => (isLater(one, other) ? other : one),
          rules.cappedAt(position, oldest),
        ),
    watch: ({slice, key, position}: Watching): Watch => {
      const known = new Map(deleted.of(key));
      const pages = openCompleteness();
      const seen = new Map<
        string,
        {readonly at: CursorValue | undefined; readonly isRestored: boolean}
      >();
      /** True if no earlier run has emitted this deletion. */
      const isUnknown = ({id, at}: Entry): boolean => {
        const before = known.get(comparableId(id));
        if (before !== undefined) return before.isPending === true || isLater(at, before.at);
        // Younger ones may have moved to a page that was already read.
        return at === undefined || !isOld({at}) || position === undefined || isLater(at, position);
      };
      /** True for a deletion to emit: the latest event of its record so far. */
      const isNew = (entry: Entry): boolean => {
        const {raw, id, at} = entry;
        if (field !== undefined) assertTime(entry, field, rules);
        const last = seen.get(comparableId(id));
        if (isLater(last?.at, at)) return false;
        const isRestored = restores.isRestored?.(isObject(raw) ? raw : {}, slice) ?? false;
        // Of a deletion and a restore at the same time either may be the last, so `fetch` decides.
        const isEither = last?.isRestored === true && !isLater(at, last.at);
        seen.set(comparableId(id), {at, isRestored: isRestored || isEither});
        return !isRestored && isUnknown(entry);
      };
      return {
        take: (page, entries) => {
          pages.take(page);
          return entries.filter(isNew);
        },
        remember: ({id, at = isoOf(startedAt)}, more) => {
          if (!isOld({at})) deleted.add(key, {id, at, ...more});
        },
        missing: () => {
          const fault = pages.fault();
          if (fault !== undefined && known.size > 0) {
            warn(
              `the list of deleted records${key && ` of ${key}`} is not complete: ${fault}. No record is taken for restored because it lacks it.`,
            );
          }
          return [...deleted.of(key)].flatMap(([text, one]) => {
            const now = seen.get(text);
            if (now?.isRestored || (!now && fault === undefined)) return one;
            if (now && field !== undefined && isOld(one)) deleted.forget(one.id);
            return [];
          });
        },
      };
    },
  };
};
