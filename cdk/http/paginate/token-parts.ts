import {isNone} from '../../json/values.ts';
import type {Query} from '../query.ts';
import {
  describeLocation,
  type FieldLocation,
  flagAt,
  scalarIn,
  valueAtLocation,
} from './field-location.ts';
import {fullPageReason} from './incomplete-reason.ts';
import type {FetchedPage, Paginator} from './paginator.ts';
import {type Part, partStep} from './target.ts';

type TokenPartsOptions = {
  /** The location of a has-more flag. */
  readonly more?: FieldLocation;
  /** The part of the request for the parameters. Default `query`. */
  readonly in?: Part;
};

/**
 * A cursor that consists of several values, such as Route 53's next name, type and identifier: `{parameter: path}`. A value
 * that is missing in the response is left out of the next request. If all are missing, the list ends.
 */
export const tokenParts = (
  parts: Readonly<Record<string, FieldLocation>>,
  {more, in: part = 'query'}: TokenPartsOptions = {},
): Paginator => {
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
      if (flagAt(page, more) === false) return undefined;
      return hasToken(page) ? partStep(part, tokenOf(page)) : undefined;
    },
    incompleteReason: (page) => {
      const names = Object.values(parts).map(describeLocation).join(', ');
      const flag = flagAt(page, more);
      if (flag === true)
        return `the API says that there is more, but the response has none of ${names}`;
      const unnamed = Object.values(parts).every(
        (location) => valueAtLocation(page, location) === undefined,
      );
      return flag === undefined && unnamed && page.index === 0
        ? fullPageReason(page, `the response has none of ${names}`)
        : undefined;
    },
  };
};
