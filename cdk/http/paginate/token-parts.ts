import {isNone} from '../../json/values.ts';
import type {Query} from '../query.ts';
import {describePlace, flagAt, type Place, scalarIn, valueAt} from './field-location.ts';
import {fullPageDoubt} from './incomplete-reason.ts';
import type {FetchedPage, Paginator} from './paginator.ts';
import {type Part, partStep} from './target.ts';

type TokenPartsOptions = {
  /** A has-more flag. */
  readonly more?: Place;
  /** Where the parameters go; default `query`. */
  readonly in?: Part;
};

/**
 * A place in a list that takes several values, such as Route 53's next name, type and identifier: `{parameter:
 * path}`. Those that an answer leaves out are left out of the next request; without any of them the list ends.
 */
export const tokenParts = (
  parts: Readonly<Record<string, Place>>,
  {more, in: part = 'query'}: TokenPartsOptions = {},
): Paginator => {
  const tokenOf = (page: FetchedPage): Query =>
    Object.fromEntries(
      Object.entries(parts).map(([name, place]) => {
        const value = valueAt(page, place);
        const isLeftOut = isNone(value) && value !== 0;
        return [name, isLeftOut ? undefined : scalarIn(page.request, describePlace(place), value)];
      }),
    );
  const hasToken = (page: FetchedPage) =>
    Object.values(parts).some((place) => !isNone(valueAt(page, place)));
  return {
    next: (page) => {
      if (flagAt(page, more) === false) return undefined;
      return hasToken(page) ? partStep(part, tokenOf(page)) : undefined;
    },
    doubt: (page) => {
      const names = Object.values(parts).map(describePlace).join(', ');
      const flag = flagAt(page, more);
      if (flag === true) return `the API says that there is more, but names none of ${names}`;
      const unnamed = Object.values(parts).every((place) => valueAt(page, place) === undefined);
      return flag === undefined && unnamed && page.index === 0
        ? fullPageDoubt(page, `the answer has none of ${names}`)
        : undefined;
    },
  };
};
