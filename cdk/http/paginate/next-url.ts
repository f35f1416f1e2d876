import {SystemError} from '../../errors.ts';
import {isNone, kindOf} from '../../json/values.ts';
import {describeRequest} from '../types.ts';
import {describePlace, type Place, valueAt} from './field-location.ts';
import {fullPageDoubt} from './incomplete-reason.ts';
import type {Paginator} from './paginator.ts';

/** Follows a URL in the body as it stands, such as OData's `@odata.nextLink`; a relative one is resolved. */
export const nextUrl = (place: Place): Paginator => ({
  next: (page) => {
    const found = valueAt(page, place);
    if (isNone(found)) return undefined;
    const url = typeof found === 'string' ? URL.parse(found, page.response.url.href) : null;
    if (url?.protocol === 'https:' || url?.protocol === 'http:') return {url};
    throw new SystemError(
      `${describeRequest(page.request)}: ${describePlace(place)} should be the URL of the next page, but is ${typeof found === 'string' ? 'another text' : kindOf(found)}. For a token use \`cursorIn\`.`,
    );
  },
  doubt: (page) =>
    valueAt(page, place) === undefined && page.index === 0
      ? fullPageDoubt(page, `${describePlace(place)} is missing`)
      : undefined,
});
