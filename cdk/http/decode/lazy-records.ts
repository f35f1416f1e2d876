// Records that are parsed when somebody looks at them. How many there are is known without.
import {parseExact} from '../../json/exact.ts';
import type {RawRecords} from '../../json/raw-records.ts';
import {fieldOf} from '../../json/values.ts';
import {type LocatedRecords, locateRecords} from './locate-records.ts';

type LazyRecords<R extends object> = {
  readonly raw: RawRecords;
  /** The same list as `view`, parsed. */
  readonly all: () => readonly R[];
  /** A list that is parsed at the first look at more than its length. */
  readonly view: readonly R[];
  /** Whether somebody has looked, who may have changed the records as well. */
  readonly isTouched: () => boolean;
};

/** Where a view, a page and a document keep the list that is theirs; not among what is copied or compared. */
const LIST = Symbol('list');

type Holder = object & {readonly [LIST]?: LazyRecords<object>};

const listOf = (holder: Holder): LazyRecords<object> | undefined => holder[LIST];

const keepList = (holder: object, value: LazyRecords<object>): void => {
  Object.defineProperty(holder, LIST, {value});
};

/**
 * Reads the list that the object keeps. One getter for all of them: V8 makes the pair of a getter and a setter in its old
 * generation, so that what the getter knows outlives all but the collections of the whole heap. With one for each page
 * there were 15 of those in 1,000 pages, for nothing but their bodies.
 */
function readRecords(this: Holder): readonly object[] | undefined {
  return this[LIST]?.all();
}

/** By the name of the field, for the same reason. */
const accessors = new Map<string, PropertyDescriptor>();

/** Of a field that holds a list which is parsed when somebody looks at it, and that can be set to something else. */
const accessorOf = (field: string): PropertyDescriptor => {
  const known = accessors.get(field);
  if (known !== undefined) return known;
  const accessor: PropertyDescriptor = {
    get: readRecords,
    set(value: unknown) {
      Object.defineProperty(this, field, {value, writable: true});
    },
    enumerable: true,
    configurable: true,
  };
  accessors.set(field, accessor);
  return accessor;
};

const openLazyRecords = <R extends object>(
  body: Buffer,
  {start, end, bounds}: LocatedRecords,
): LazyRecords<R> => {
  const list: R[] = [];
  let touched = false;
  const all = (): R[] => {
    if (!touched) {
      touched = true;
      for (const record of parseExact<R[]>(body.toString('utf8', start, end))) list.push(record);
    }
    return list;
  };
  const count = bounds.length / 2;
  const view = new Proxy(list, {
    get: (_list, key) => {
      if (key === LIST) return opened;
      return key === 'length' && !touched ? count : Reflect.get(all(), key);
    },
    has: (_list, key) => Reflect.has(all(), key),
    set: (_list, key, value) => Reflect.set(all(), key, value),
    ownKeys: () => Reflect.ownKeys(all()),
    getOwnPropertyDescriptor: (_list, key) => Reflect.getOwnPropertyDescriptor(all(), key),
    defineProperty: (_list, key, how) => Reflect.defineProperty(all(), key, how),
    deleteProperty: (_list, key) => Reflect.deleteProperty(all(), key),
  });
  const opened: LazyRecords<R> = {raw: {body, bounds}, all, view, isTouched: () => touched};
  return opened;
};

/** The document around a list, which is parsed when somebody looks for it there. */
const documentAround = (
  body: Buffer,
  {keys, start, end}: LocatedRecords,
  list: LazyRecords<object>,
): unknown => {
  const last = keys.at(-1);
  if (last === undefined) return list.view;
  const document = parseExact<unknown>(
    `${body.toString('utf8', 0, start)}[]${body.toString('utf8', end)}`,
  );
  const holder = keys.slice(0, -1).reduce(fieldOf, document);
  if (typeof holder !== 'object' || holder === null) return undefined;
  keepList(holder, list);
  Object.defineProperty(holder, last, accessorOf(last));
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
  const found = locateRecords(body, path);
  if (found === undefined) return undefined;
  const list = openLazyRecords<R>(body, found);
  return {document: documentAround(body, found, list), records: list.view};
};

/** A page whose records are parsed when somebody asks it for them, where they are not yet. A copy of it holds the parsed ones. */
export const pageWith = <R extends object, More extends object>(
  records: readonly R[],
  more: More,
): More & {readonly records: readonly R[]} => {
  const list = listOf(records);
  const page = {...more, records};
  if (list === undefined) return page;
  keepList(page, list);
  return Object.defineProperty(page, 'records', {get: readRecords});
};

/** Whether somebody has looked at records, if they are parsed for that only. */
export const isTouched = (records: readonly object[]): boolean =>
  listOf(records)?.isTouched() ?? false;

/** The bytes of a page's records; undefined where they were parsed already, so that their reader may have changed them. */
export const rawRecordsOf = (page: object): RawRecords | undefined => {
  const list = listOf(page);
  return list === undefined || list.isTouched() ? undefined : list.raw;
};
