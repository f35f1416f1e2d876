import {isNone} from '../../json/values.ts';
import {type EndFlag, endFlag, locatedEndReason} from './end-flag.ts';
import {describeLocation, type FieldLocation, scalarIn, valueAtLocation} from './field-location.ts';
import type {FetchedPage, Paginator, Step} from './paginator.ts';
import {isJsonTarget, jsonStep, type Target, targetStep} from './target.ts';

/** JSON takes any value, such as Elasticsearch's list of sort values. A single number must be exact. */
const tokenFor = (page: FetchedPage, from: FieldLocation, to: Target, cursor: unknown): unknown =>
  isJsonTarget(to) && typeof cursor !== 'number'
    ? cursor
    : scalarIn(page.request, describeLocation(from), cursor);

const stepTo = ({request}: FetchedPage, to: Target, token: unknown): Step =>
  isJsonTarget(to)
    ? jsonStep(request, to.json, token)
    : targetStep(request, to, typeof token === 'number' ? token : String(token));

/**
 * Puts the cursor that a response names (`from`) into the next request (`to`). The list ends if it is null, an empty
 * string, false, 0 or missing.
 */
export const cursorIn = (from: FieldLocation, to: Target, end: EndFlag = {}): Paginator => {
  const hasMore = endFlag(end);
  return {
    next: (page) => {
      const cursor = valueAtLocation(page, from);
      if (isNone(cursor) || hasMore(page) === false) return undefined;
      return stepTo(page, to, tokenFor(page, from, to, cursor));
    },
    incompleteReason: locatedEndReason(from, end),
  };
};
