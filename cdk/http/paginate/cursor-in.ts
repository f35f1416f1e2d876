import {printExact} from '../../json/exact.ts';
import {isNone} from '../../json/values.ts';
import {
  describeLocation,
  type FieldLocation,
  flagAt,
  scalarIn,
  valueAtLocation,
} from './field-location.ts';
import {fullPageReason} from './incomplete-reason.ts';
import type {FetchedPage, Paginator, Step} from './paginator.ts';
import {isJsonTarget, jsonStep, type Target, targetStep, valueAtTarget} from './target.ts';

type CursorOptions = {
  /** The location of a has-more flag, for APIs whose last page has a cursor too. */
  readonly more?: FieldLocation;
};

/** JSON takes any value, such as Elasticsearch's list of sort values. A single number must be exact. */
const tokenFor = (page: FetchedPage, from: FieldLocation, to: Target, cursor: unknown): unknown =>
  isJsonTarget(to) && typeof cursor !== 'number'
    ? cursor
    : scalarIn(page.request, describeLocation(from), cursor);

/** An API without new records may return the request's own cursor. */
const isSameToken = ({request}: FetchedPage, to: Target, token: unknown): boolean => {
  const before = valueAtTarget(request, to);
  return isJsonTarget(to)
    ? printExact(before) === printExact(token)
    : before !== null && before !== undefined && String(before) === String(token);
};

const stepTo = ({request}: FetchedPage, to: Target, token: unknown): Step =>
  isJsonTarget(to)
    ? jsonStep(request, to.json, token)
    : targetStep(request, to, typeof token === 'number' ? token : String(token));

/**
 * Puts the cursor that a response names (`from`) into the next request (`to`). The list ends if it is null, an empty
 * string, false, 0 or missing.
 */
export const cursorIn = (
  from: FieldLocation,
  to: Target,
  {more}: CursorOptions = {},
): Paginator => ({
  next: (page) => {
    const cursor = valueAtLocation(page, from);
    if (isNone(cursor) || flagAt(page, more) === false) return undefined;
    const token = tokenFor(page, from, to, cursor);
    if (page.records.length === 0 && isSameToken(page, to, token)) return undefined;
    return stepTo(page, to, token);
  },
  incompleteReason: (page) => {
    const flag = flagAt(page, more);
    const cursor = valueAtLocation(page, from);
    if (flag === true && isNone(cursor)) {
      return `the API says that there is more, but ${describeLocation(from)} is missing`;
    }
    // After a page with a cursor, or if it is null, a missing cursor is the end.
    return flag === undefined && cursor === undefined && page.index === 0
      ? fullPageReason(page, `${describeLocation(from)} is missing`)
      : undefined;
  },
});
