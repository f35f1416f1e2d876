// The flag by which an API says whether a page is the last one.
import {SystemError} from '../../errors.ts';
import {isNone, kindOf} from '../../json/values.ts';
import {describeRequest} from '../types.ts';
import {describeLocation, type FieldLocation, valueAtLocation} from './field-location.ts';
import {emptyPageReason, fullPageReason, isFull, isRound} from './incomplete-reason.ts';
import type {FetchedPage} from './paginator.ts';

/** At most one of two flags. A page without it, or whose `last` is null or empty, ends by the other signs. */
export type EndFlag =
  | {
      /**
       * The location of a flag that says that there is a next page: `meta.has_more`. No is false, 0, null or empty, also as
       * a string; any other value is yes, such as CouchDB's count of `pending` changes.
       */
      readonly more?: FieldLocation;
      readonly last?: never;
    }
  | {
      /** The location of a flag that is true on the last page: `end_of_stream`. A value other than a boolean, 0 or 1 is an error. */
      readonly last: FieldLocation;
      readonly more?: never;
    };

const NO_MORE = /no_?(more|next)/i;
const MORE = /more|next|truncated|remaining|pending|left|continu/i;
const LAST =
  /^(end|ended|eof|eos|last|final|done|finish|finished|complete|completed|exhausted|nomore)$/;
/** `LastEvaluatedKey` is not a flag. */
const VALUES = /^(key|cursor|token|id|url|link)$/;

/** The meaning of a flag by its name; undefined for a name such as `active`. */
const meaningOf = (location: FieldLocation): 'more' | 'last' | undefined => {
  const name = typeof location === 'string' ? (location.split('.').at(-1) ?? '') : location.header;
  if (NO_MORE.test(name)) return 'last';
  if (MORE.test(name)) return 'more';
  const words = name
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/);
  const isLast = words.some((word) => LAST.test(word)) && !words.some((word) => VALUES.test(word));
  return isLast ? 'last' : undefined;
};

const OPPOSITE = {
  more: ['last', 'is true on the last page'],
  last: ['more', 'is true while there is more'],
} as const;

/** The wrong flag would end the list at its first page. */
const assertMeaning = (option: 'more' | 'last', location: FieldLocation | undefined): void => {
  const [other, meaning] = OPPOSITE[option];
  if (location === undefined || meaningOf(location) !== other) return;
  const name = JSON.stringify(location);
  throw new SystemError(
    `\`next\` has \`${option}: ${name}\`, but a flag of that name ${meaning}. Set \`${other}: ${name}\` instead.`,
  );
};

const isNo = (value: unknown): boolean => isNone(value) || /^(false|0)$/i.test(String(value));

const isLastAt = (page: FetchedPage, location: FieldLocation): boolean | undefined => {
  const value = valueAtLocation(page, location);
  if (value === undefined || value === null || value === '') return undefined;
  if (/^(true|1)$/i.test(String(value))) return true;
  if (/^(false|0)$/i.test(String(value))) return false;
  throw new SystemError(
    `${describeRequest(page.request)}: ${describeLocation(location)} should be true or false, but is ${typeof value === 'string' ? 'another string' : kindOf(value)}. Set \`last\` to the location of a flag.`,
  );
};

/** True if the API says that there is a next page; undefined if it does not say. */
export const hasMoreAt = (page: FetchedPage, {more, last}: EndFlag): boolean | undefined => {
  if (last !== undefined) {
    const isLast = isLastAt(page, last);
    return isLast === undefined ? undefined : !isLast;
  }
  const value = more === undefined ? undefined : valueAtLocation(page, more);
  return value === undefined ? undefined : !isNo(value);
};

/** Checks the names of the flags, and returns the function that reads them from a page. */
export const endFlag = (end: EndFlag): ((page: FetchedPage) => boolean | undefined) => {
  assertMeaning('more', end.more);
  assertMeaning('last', end.last);
  return (page) => hasMoreAt(page, end);
};

/**
 * For a list that its flag ended, although the page names a next one. Many APIs send a cursor with their last page too, so
 * only a full page is in doubt, if the name of the flag does not say what it means, or any page if the flag is null or empty.
 */
const flaggedEndReason = (
  page: FetchedPage,
  {more, last}: EndFlag,
  where: string,
): string | undefined => {
  const location = more ?? last;
  if (location === undefined) return undefined;
  const value = valueAtLocation(page, location);
  const isEmpty = value === null || value === '' || typeof value === 'object';
  const isDoubtful = meaningOf(location) === undefined && (isFull(page) || isRound(page));
  if (!isEmpty && !isDoubtful) return undefined;
  return `the last page (${page.records.length} records) has ${where}, but ${describeLocation(location)} (\`${more === undefined ? 'last' : 'more'}\`) is ${JSON.stringify(value)}`;
};

type Named = {
  /** True if the page names a next one. */
  readonly isNamed: boolean;
  /** True if it has not even an empty field for it. */
  readonly isMissing: boolean;
  /** The names of these fields. */
  readonly where: string;
  /** `{where} is missing`. */
  readonly missing: string;
};

/** For a list whose pages name the next one. */
export const namedEndReason = (
  page: FetchedPage,
  end: EndFlag,
  {isNamed, isMissing, where, missing}: Named,
): string | undefined => {
  const hasMore = hasMoreAt(page, end);
  if (hasMore === true && !isNamed) return `the API says that there is more, but ${missing}`;
  if (hasMore === true) return emptyPageReason(page, hasMore);
  if (hasMore === false) return isNamed ? flaggedEndReason(page, end, where) : undefined;
  // After a page that named a next one, or if the field is null, a missing one is the end.
  return isMissing && page.index === 0 ? fullPageReason(page, missing) : undefined;
};

/** For a list whose pages name the next one at one location. */
export const locatedEndReason =
  (location: FieldLocation, end: EndFlag) =>
  (page: FetchedPage): string | undefined => {
    const value = valueAtLocation(page, location);
    const where = describeLocation(location);
    return namedEndReason(page, end, {
      isNamed: !isNone(value),
      isMissing: value === undefined,
      where,
      missing: `${where} is missing`,
    });
  };
