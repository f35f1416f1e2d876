// A list of the ids that there are. What is missing in one that is not complete says nothing.
import type {Page} from '../../author/types.ts';
import {type Id, textOf} from './ids.ts';

export type Listing = {
  readonly take: (page: Page, idOf: (item: object) => Id | undefined) => void;
  /** By `textOf`; undefined for a list that is not complete, which is said. */
  readonly complete: (slice: string) => ReadonlyMap<string, Id> | undefined;
};

export const openListing = (warn: (message: string) => void): Listing => {
  const ids = new Map<string, Id>();
  let pages = 0;
  let doubt: string | undefined;
  return {
    take: (page, idOf) => {
      pages += 1;
      doubt ??= page.doubt;
      for (const item of page.records) {
        const id = idOf(item);
        if (id !== undefined) ids.set(textOf(id), id);
      }
    },
    complete: (slice) => {
      // An empty list is a page without records; no page at all is an answer that was ignored.
      if (pages > 0 && doubt === undefined) return ids;
      warn(
        `the list of ids${slice && ` of ${slice}`} is not complete: ${doubt ?? 'there was not a single page'}. Nothing that it lacks is taken for deleted.`,
      );
      return undefined;
    },
  };
};
