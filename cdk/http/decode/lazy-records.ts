// Records that are parsed at the first access. Their number is known without parsing.
import {parseExact} from '../../json/exact.ts';
import type {RawRecords} from '../../json/raw-records.ts';
import {fieldOf} from '../../json/values.ts';
import {type LocatedRecords, locateRecords} from './locate-records.ts';

type LazyRecords<R extends object> = {
  readonly raw: RawRecords;
  readonly all: () => readonly R[];
  /** A list that is parsed at the first access to anything but its length. */
  readonly view: readonly R[];
  /** True once the list was accessed: its records may have been changed. */
  readonly isTouched: () => boolean;
};

/** Views, pages and documents keep their list here; it is neither copied nor compared. */
const LIST = Symbol('list');

type Holder = object & {readonly [LIST]?: LazyRecords<object>};

const listOf = (holder: Holder): LazyRecords<object> | undefined => holder[LIST];

const keepList = (holder: object, value: LazyRecords<object>): void => {
  Object.defineProperty(holder, LIST, {value});
};

/**
 * One getter for all objects: V8 creates getters and setters in its old generation, so a getter's closure is freed only by
 * a collection of the whole heap. One getter per page caused 15 such collections in 1,000 pages, just to free the bodies.
 */
function readRecords(this: Holder): readonly object[] | undefined {
  return this[LIST]?.all();
}

const accessors = new Map<string, PropertyDescriptor>();

/** For a field with a lazily parsed list. The field can be set to another value. */
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

/** Parses the document around a list; the list in it is parsed at the first access. */
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

export type Split<R extends object> = {
  readonly document: unknown;
  readonly records: readonly R[];
};

/** Without a path the document is the list. Returns undefined if the parser must read the body: it is malformed or unusual. */
export const splitJson = <R extends object>(
  body: Buffer,
  path: string | undefined,
): Split<R> | undefined => {
  const found = locateRecords(body, path);
  if (found === undefined) return undefined;
  const list = openLazyRecords<R>(body, found);
  return {document: documentAround(body, found, list), records: list.view};
};

/** A page whose records are parsed at the first access. A copy of it has parsed records. */
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

/** True if lazy records were accessed; false for records that are not lazy. */
export const isTouched = (records: readonly object[]): boolean =>
  listOf(records)?.isTouched() ?? false;

/** The bytes of a page's records; undefined if the records were accessed, because they may have been changed. */
export const rawRecordsOf = (page: object): RawRecords | undefined => {
  const list = listOf(page);
  return list === undefined || list.isTouched() ? undefined : list.raw;
};
