// A small stream for tests of the read engine: items with an id and a time.
import {page, stream} from '../../cdk/author/stream.ts';
import type {Page, Schema} from '../../cdk/author/types.ts';
import {NOW} from '../../cdk/testing/run-read.ts';

export type Item = {id: number; updated_at?: string};
export const schema: Schema<Item> = {type: 'object', properties: {id: {}, updated_at: {}}};

/** `at(1)` is later than `at(0)`, and both are before the run. */
export const at = (minute: number): string =>
  new Date(NOW - 7_200_000 + minute * 60_000).toISOString();
export const item = (id: number, minute = id): Item => ({id, updated_at: at(minute)});

export async function* pagesOf(...pages: (readonly Item[] | Error)[]): AsyncGenerator<Page<Item>> {
  for (const records of pages) {
    if (records instanceof Error) throw records;
    yield page(records);
  }
}

/** A stream without a cursor. */
export const plain = (name: string, ...pages: (readonly Item[] | Error)[]) =>
  stream({name, schema, read: () => pagesOf(...pages)});

/** A stream in ascending order that saves its position after each page. */
export const sorted = (name: string, ...pages: (readonly Item[] | Error)[]) =>
  stream({
    name,
    schema,
    cursor: {field: 'updated_at', order: 'ascending'},
    checkpointInterval: {seconds: 0},
    read: () => pagesOf(...pages),
  });

/** The same, in any order. */
export const unsorted = (name: string, ...pages: (readonly Item[] | Error)[]) =>
  stream({
    name,
    schema,
    cursor: {field: 'updated_at'},
    checkpointInterval: {seconds: 0},
    read: () => pagesOf(...pages),
  });

export const stateOf = (name: string, blob: object) => [
  {type: 'STREAM', stream: {stream_descriptor: {name}, stream_state: blob}},
];
