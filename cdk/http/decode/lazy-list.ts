// Records that are parsed when somebody looks at them. How many there are is known without.
import {fieldOf} from '../../json.ts';
import type {RawRecords} from '../../raw-records.ts';
import {type FoundList, findList} from './find-list.ts';

type LazyList<R extends object> = {
  readonly raw: RawRecords;
  /** The same list as `view`, parsed. */
  readonly all: () => readonly R[];
  /** A list that is parsed at the first look at more than its length. */
  readonly view: readonly R[];
  /** Whether somebody has looked, who may have changed the records as well. */
  readonly isTouched: () => boolean;
};

/** By the views on them, and by the pages that have them. */
const lists = new WeakMap<object, LazyList<object>>();

const openList = <R extends object>(body: Buffer, {start, end, bounds}: FoundList): LazyList<R> => {
  const list: R[] = [];
  let touched = false;
  const all = (): R[] => {
    if (!touched) {
      touched = true;
      // What the records are is the caller's claim.
      for (const record of JSON.parse(body.toString('utf8', start, end))) list.push(record);
    }
    return list;
  };
  const count = bounds.length / 2;
  const view = new Proxy(list, {
    get: (_list, key) => (key === 'length' && !touched ? count : Reflect.get(all(), key)),
    has: (_list, key) => Reflect.has(all(), key),
    set: (_list, key, value) => Reflect.set(all(), key, value),
    ownKeys: () => Reflect.ownKeys(all()),
    getOwnPropertyDescriptor: (_list, key) => Reflect.getOwnPropertyDescriptor(all(), key),
    defineProperty: (_list, key, how) => Reflect.defineProperty(all(), key, how),
    deleteProperty: (_list, key) => Reflect.deleteProperty(all(), key),
  });
  const opened = {raw: {body, bounds}, all, view, isTouched: () => touched};
  lists.set(view, opened);
  return opened;
};

/** The document around a list, which is parsed when somebody looks for it there. */
const documentAround = (
  body: Buffer,
  {keys, start, end}: FoundList,
  {all, view}: LazyList<object>,
): unknown => {
  const last = keys.at(-1);
  if (last === undefined) return view;
  const document: unknown = JSON.parse(
    `${body.toString('utf8', 0, start)}[]${body.toString('utf8', end)}`,
  );
  const holder = keys.slice(0, -1).reduce(fieldOf, document);
  if (typeof holder !== 'object' || holder === null) return undefined;
  const replace = (value: unknown): void => {
    Object.defineProperty(holder, last, {value, writable: true});
  };
  Object.defineProperty(holder, last, {
    get: all,
    set: replace,
    enumerable: true,
    configurable: true,
  });
  return document;
};

/** A body whose records stay as they are until somebody looks at them. */
export type Split<R extends object> = {
  readonly document: unknown;
  readonly records: readonly R[];
};

/**
 * @param path the path of the list; undefined where the document itself is it
 * @returns undefined for a body that has to be parsed: because of a fault, or anything odd
 */
export const splitJson = <R extends object>(
  body: Buffer,
  path: string | undefined,
): Split<R> | undefined => {
  const found = findList(body, path);
  if (found === undefined) return undefined;
  const list = openList<R>(body, found);
  return {document: documentAround(body, found, list), records: list.view};
};

/** A page whose records are parsed when somebody asks it for them, where they are not yet. A copy of it holds the parsed ones. */
export const pageWith = <R extends object, More extends object>(
  records: readonly R[],
  more: More,
): More & {readonly records: readonly R[]} => {
  const list = lists.get(records);
  const page = {...more, records};
  if (list === undefined) return page;
  lists.set(page, list);
  return Object.defineProperty(page, 'records', {get: list.all});
};

/** Whether somebody has looked at records, if they are parsed for that only. */
export const isTouched = (records: readonly object[]): boolean =>
  lists.get(records)?.isTouched() ?? false;

/** The bytes of a page's records; undefined where they were parsed already, so that their reader may have changed them. */
export const rawRecordsOf = (page: object): RawRecords | undefined => {
  const list = lists.get(page);
  return list === undefined || list.isTouched() ? undefined : list.raw;
};
