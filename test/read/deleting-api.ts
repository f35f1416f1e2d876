// An API whose items are deleted without a word, and a stream that finds out.
import type {Sweep} from '../../cdk/author/deletes.ts';
import {page, stream} from '../../cdk/author/stream.ts';
import type {Page, Slice} from '../../cdk/author/types.ts';
import {NOW} from '../../cdk/testing/run-read.ts';
import {type Item, item, schema} from './items.ts';
import {openSyncs} from './syncs.ts';

const DAY = 86_400_000;
/** The time of each run: they are a day apart. */
export const dayOf = (day: number): string => new Date(NOW + day * DAY).toISOString();

export type Listed = (slice: Slice) => readonly (readonly object[] | Error | Page)[];

type SetUp = {
  readonly sweep?: Partial<Sweep<Item, Slice>>;
  readonly slices?: () => readonly Slice[];
  /** What the list of ids answers with instead of all. */
  readonly listed?: Listed;
};

/** @param content its items, by the name of their slice */
export const openApi = (content: Record<string, Item[]>, setUp: SetUp = {}) => {
  const api = {content, listed: setUp.listed, asked: [] as string[], failing: ''};
  const nameOf = (slice: Slice): string => String(slice['name'] ?? '');
  const items = () =>
    stream({
      name: 'items',
      schema,
      primaryKey: ['id'],
      cursor: {field: 'updated_at'},
      checkpointInterval: {seconds: 0},
      ...(setUp.slices && {slices: setUp.slices}),
      deletes: {
        sweep: {
          every: {days: 1},
          async *read({slice}) {
            api.asked.push(nameOf(slice));
            const all = [(api.content[nameOf(slice)] ?? []).map(({id}) => ({id}))];
            for (const one of api.listed?.(slice) ?? all) {
              if (one instanceof Error) throw one;
              yield 'records' in one ? one : page(one);
            }
          },
          ...setUp.sweep,
        },
      },
      async *read({slice, since}) {
        if (api.failing === nameOf(slice) && api.failing !== '') throw new Error('No.');
        yield page(
          (api.content[nameOf(slice)] ?? []).filter(
            ({updated_at}) => since === undefined || String(updated_at) >= String(since),
          ),
        );
      },
    });
  return {api, ...openSyncs(items)};
};

export const range = (from: number, to: number): Item[] =>
  Array.from({length: to - from + 1}, (_, index) => item(from + index, 0));
