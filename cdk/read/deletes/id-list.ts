// An id list: the ids that a slice has now, page by page. Only a complete list proves that an id is missing.
import type {Page} from '../../author/types.ts';
import {comparableId, type Id} from './ids.ts';

export type IdList = {
  readonly take: (page: Page, idOf: (item: object) => Id | undefined) => void;
  /** By `comparableId`; warns and returns undefined if the list is not complete. */
  readonly complete: (slice: string) => ReadonlyMap<string, Id> | undefined;
};

export const openIdList = (warn: (message: string) => void): IdList => {
  const ids = new Map<string, Id>();
  let pages = 0;
  let incompleteReason: string | undefined;
  return {
    take: (page, idOf) => {
      pages += 1;
      incompleteReason ??= page.incompleteReason;
      for (const item of page.records) {
        const id = idOf(item);
        if (id !== undefined) ids.set(comparableId(id), id);
      }
    },
    complete: (slice) => {
      // An empty list has a page without records; without a page a response was ignored.
      if (pages > 0 && incompleteReason === undefined) return ids;
      warn(
        `the list of ids${slice && ` of ${slice}`} is not complete: ${incompleteReason ?? 'it has no page at all'}. No record is marked as deleted because of it.`,
      );
      return undefined;
    },
  };
};
