import {SystemError} from '../../errors.ts';
import {isNone, kindOf} from '../../json/values.ts';
import {describeRequest} from '../types.ts';
import {describeLocation, type FieldLocation, valueAtLocation} from './field-location.ts';
import {fullPageReason} from './incomplete-reason.ts';
import type {Paginator} from './paginator.ts';

/** Follows a URL in the body unchanged, such as OData's `@odata.nextLink`. A relative one is resolved. */
export const nextUrl = (location: FieldLocation): Paginator => ({
  next: (page) => {
    const found = valueAtLocation(page, location);
    if (isNone(found)) return undefined;
    const url = typeof found === 'string' ? URL.parse(found, page.response.url.href) : null;
    if (url?.protocol === 'https:' || url?.protocol === 'http:') return {url};
    throw new SystemError(
      `${describeRequest(page.request)}: ${describeLocation(location)} should be the URL of the next page, but is ${typeof found === 'string' ? 'another string' : kindOf(found)}. For a token use \`cursorIn\`.`,
    );
  },
  incompleteReason: (page) =>
    valueAtLocation(page, location) === undefined && page.index === 0
      ? fullPageReason(page, `${describeLocation(location)} is missing`)
      : undefined,
});
