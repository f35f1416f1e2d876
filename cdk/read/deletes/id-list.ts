// An id list: the ids that a slice has now, page by page. What is missing in one that is not complete says nothing.
import type {Page} from '../../author/types.ts';
import {comparableId, type Id} from './ids.ts';

export type IdList = {
  readonly take: (page: Page, idOf: (item: object) => Id | undefined) => void;
  /** By `comparableId`; undefined for a list that is not complete, with a warning. */
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
      // An empty list is a page without records; no page at all is an answer that was ignored.
      if (pages > 0 && incompleteReason === undefined) return ids;
      warn(
        `the list of ids${slice && ` of ${slice}`} is not complete: ${incompleteReason ?? 'there was not a single page'}. Nothing that it lacks is taken for deleted.`,
      );
      return undefined;
    },
  };
};
