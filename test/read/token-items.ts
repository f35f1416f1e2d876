// Small streams whose positions are tokens: the pages that are read from each token.
import {page, stream} from '../../cdk/author/stream.ts';
import type {TokenCursor} from '../../cdk/author/token-cursor.ts';
import type {CursorValue, Page, Slice} from '../../cdk/author/types.ts';
import type {runRead} from '../../cdk/testing/run-read.ts';
import {schema} from './items.ts';

export type Item = {id: number};
type Part = Page<Item> | Error;
type Pages = (since: CursorValue | undefined, slice: Slice) => readonly Part[];

/** @param pages what is read from each token */
export const items = (
  cursor: TokenCursor,
  pages: Pages,
  more: {slices?: () => readonly Slice[]; requested?: unknown[]; sweep?: object} = {},
) => {
  const {slices, requested = [], sweep} = more;
  return stream<Item, Slice>({
    name: 'items',
    schema,
    primaryKey: ['id'],
    cursor,
    checkpointInterval: {seconds: 0},
    ...(slices && {slices}),
    ...(sweep && {deletes: {sweep}}),
    async *read({since, slice}) {
      requested.push(since);
      for (const part of pages(since, slice)) {
        if (part instanceof Error) throw part;
        yield part;
      }
    },
  });
};

export const EACH: TokenCursor = {token: 'each-page'};
export const LAST: TokenCursor = {token: 'last-page'};
export const one = (id: number, token?: CursorValue): Page<Item> => page([{id}], {token});

export const statesIn = ({messages}: Awaited<ReturnType<typeof runRead>>) =>
  messages.flatMap(({state}) => (state?.stream ? [state.stream.stream_state] : []));
