import {isNone} from '../../json/values.ts';
import type {Query} from '../query.ts';
import {type EndFlag, endFlag, namedEndReason} from './end-flag.ts';
import {describeLocation, type FieldLocation, scalarIn, valueAtLocation} from './field-location.ts';
import type {FetchedPage, Paginator} from './paginator.ts';
import {type Part, partStep} from './target.ts';

type TokenPartsOptions = EndFlag & {
  /** The part of the request for the parameters. Default `query`. */
  readonly in?: Part;
};

/**
 * A cursor that consists of several values, such as Route 53's next name, type and identifier: `{parameter: path}`. A value
 * that is missing in the response is left out of the next request. If all are missing, the list ends.
 */
export const tokenParts = (
  parts: Readonly<Record<string, FieldLocation>>,
  {in: part = 'query', ...end}: TokenPartsOptions = {},
): Paginator => {
  const hasMore = endFlag(end);
  const tokenOf = (page: FetchedPage): Query =>
    Object.fromEntries(
      Object.entries(parts).map(([name, location]) => {
        const value = valueAtLocation(page, location);
        if (isNone(value) && value !== 0) return [name, undefined];
        return [name, scalarIn(page.request, describeLocation(location), value)];
      }),
    );
  const hasToken = (page: FetchedPage) =>
    Object.values(parts).some((location) => !isNone(valueAtLocation(page, location)));
  return {
    next: (page) => {
      if (hasMore(page) === false) return undefined;
      return hasToken(page) ? partStep(part, tokenOf(page)) : undefined;
    },
    incompleteReason: (page) => {
      const where = Object.values(parts).map(describeLocation).join(', ');
      const isMissing = Object.values(parts).every(
        (location) => valueAtLocation(page, location) === undefined,
      );
      const missing = `the response has none of ${where}`;
      return namedEndReason(page, end, {isNamed: hasToken(page), isMissing, where, missing});
    },
  };
};
