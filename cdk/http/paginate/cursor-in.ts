import {printExact} from '../../json/exact.ts';
import {valueAt as at, isNone} from '../../json/values.ts';
import {describePlace, flagAt, type Place, scalarIn, valueAt} from './field-location.ts';
import {fullPageDoubt} from './incomplete-reason.ts';
import type {FetchedPage, Paginator} from './paginator.ts';
import {jsonStep, type Target} from './target.ts';

type CursorOptions = {
  /** A has-more flag: for APIs that name a cursor on their last page too. */
  readonly more?: Place;
};

/** What the request itself asked with; an API that has nothing new may name the same cursor again. */
const askedWith = ({request}: FetchedPage, to: Target): unknown =>
  typeof to === 'string' ? request.url.searchParams.get(to) : at(request.json, to.json);

/**
 * The answer names a cursor (`from`), the next request carries it (`to`). Null, an empty text, false, 0 and
 * nothing at all mean the end.
 */
export const cursorIn = (from: Place, to: Target, {more}: CursorOptions = {}): Paginator => ({
  next: (page) => {
    const cursor = valueAt(page, from);
    if (isNone(cursor) || flagAt(page, more) === false) return undefined;
    if (typeof to !== 'string') {
      // JSON takes anything, such as the list that Elasticsearch goes on behind; a number by itself must be exact.
      const token =
        typeof cursor === 'number' ? scalarIn(page.request, describePlace(from), cursor) : cursor;
      const same = printExact(askedWith(page, to)) === printExact(token);
      return same && page.records.length === 0 ? undefined : jsonStep(page.request, to.json, token);
    }
    const token = scalarIn(page.request, describePlace(from), cursor);
    const same = askedWith(page, to) === String(token);
    return same && page.records.length === 0 ? undefined : {query: {[to]: token}};
  },
  doubt: (page) => {
    const flag = flagAt(page, more);
    const cursor = valueAt(page, from);
    if (flag === true && isNone(cursor)) {
      return `the API says that there is more, but ${describePlace(from)} is missing`;
    }
    // Where the cursor was found before, or is null now, its absence is the API's word for the end.
    return flag === undefined && cursor === undefined && page.index === 0
      ? fullPageDoubt(page, `${describePlace(from)} is missing`)
      : undefined;
  },
});
