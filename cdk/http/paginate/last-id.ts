import {SystemError} from '../../errors.ts';
import type {FieldPath} from '../../json/field-path.ts';
import {valueAt} from '../../json/values.ts';
import {describeRequest} from '../types.ts';
import {type EndFlag, endFlag} from './end-flag.ts';
import {scalarIn} from './field-location.ts';
import {emptyPageReason} from './incomplete-reason.ts';
import type {Paginator} from './paginator.ts';
import {type Target, targetStep, valueAtTarget} from './target.ts';

/**
 * Pages by a key: a field of the last record goes into the next request (`to`), such as `starting_after`. No record is missed
 * between two pages if the list is sorted by that field. The list ends at an empty page; a flag saves the request for it.
 */
export const lastId = <R extends object>(
  field: FieldPath<NoInfer<R>>,
  to: Target,
  end: EndFlag = {},
): Paginator<R> => {
  const hasMore = endFlag(end);
  return {
    next: (page) => {
      const last = page.records.at(-1);
      if (last === undefined || hasMore(page) === false) return undefined;
      const value = valueAt(last, field);
      if (value === undefined || value === null || value === '') {
        throw new SystemError(
          `${describeRequest(page.request)}: the last record of the page has no "${field}", so the next page can't be requested. Set \`lastId\` to a field that every record has.`,
        );
      }
      const key = scalarIn(page.request, `"${field}" of the last record`, value);
      // If the parameter means "from" rather than "after", the last page has only the record of the request.
      const inclusiveEnd =
        page.records.length === 1 && String(valueAtTarget(page.request, to)) === String(key);
      return inclusiveEnd ? undefined : targetStep(page.request, to, key);
    },
    incompleteReason: (page) => emptyPageReason(page, hasMore(page)),
  };
};
