import {SystemError} from '../../errors.ts';
import {valueAt as at} from '../../json/values.ts';
import {describeRequest} from '../types.ts';
import {flagAt, type Place, scalarIn} from './field-location.ts';
import {emptyPageDoubt} from './incomplete-reason.ts';
import type {Paginator} from './paginator.ts';

type LastIdOptions = {
  /** A has-more flag; saves the request that proves the end. */
  readonly more?: Place;
};

/**
 * Pages by a key: a field of the last record goes into a query parameter, such as `starting_after`. Nothing slips
 * through between two pages, as long as the list is sorted by that field. An empty page is the end.
 */
export const lastId = (
  field: string,
  parameter: string,
  {more}: LastIdOptions = {},
): Paginator => ({
  next: (page) => {
    const last = page.records.at(-1);
    if (last === undefined || flagAt(page, more) === false) return undefined;
    const value = at(last, field);
    if (value === undefined || value === null || value === '') {
      throw new SystemError(
        `${describeRequest(page.request)}: the last record of the page has no "${field}", so the next page can't be asked for. Set \`lastId\` to a field that every record has.`,
      );
    }
    const key = scalarIn(page.request, `"${field}" of the last record`, value);
    // Where the parameter means "from" rather than "behind", the list ends with the record it was asked from.
    const inclusiveEnd =
      page.records.length === 1 && page.request.url.searchParams.get(parameter) === String(key);
    return inclusiveEnd ? undefined : {query: {[parameter]: key}};
  },
  doubt: (page) => emptyPageDoubt(page, more),
});
