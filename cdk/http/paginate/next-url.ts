import {SystemError} from '../../errors.ts';
import {isNone, kindOf} from '../../json/values.ts';
import {describeRequest} from '../types.ts';
import {type EndFlag, endFlag, locatedEndReason} from './end-flag.ts';
import {describeLocation, type FieldLocation, valueAtLocation} from './field-location.ts';
import type {Paginator} from './paginator.ts';

/** Follows a URL in the body unchanged, such as OData's `@odata.nextLink`. A relative one is resolved. */
export const nextUrl = (location: FieldLocation, end: EndFlag = {}): Paginator => {
  const hasMore = endFlag(end);
  return {
    next: (page) => {
      const found = valueAtLocation(page, location);
      if (isNone(found) || hasMore(page) === false) return undefined;
      const url = typeof found === 'string' ? URL.parse(found, page.response.url.href) : null;
      if (url?.protocol === 'https:' || url?.protocol === 'http:') return {url};
      throw new SystemError(
        `${describeRequest(page.request)}: ${describeLocation(location)} should be the URL of the next page, but is ${typeof found === 'string' ? 'another string' : kindOf(found)}. For a token use \`cursorIn\`.`,
      );
    },
    incompleteReason: locatedEndReason(location, end),
  };
};
