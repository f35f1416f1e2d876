// Where a list goes on, as plain JSON that a later run understands: {"url": "…", "json": {…}}.
import {SystemError} from '../../errors.ts';
import {isObject, type JsonObject} from '../../json/values.ts';
import {describeRequest, type HttpRequest, namesSecret} from '../types.ts';

/** Nothing for a URL that may hold a credential: what is kept of it is not masked. */
export const resumeOf = ({url, json}: HttpRequest): {readonly resume?: JsonObject} =>
  [...url.searchParams.keys()].some(namesSecret)
    ? {}
    : {resume: {url: url.href, ...(json && {json})}};

/** The request of a list, at the page where it goes on. */
export const resumed = (request: HttpRequest, {url, json}: JsonObject): HttpRequest => {
  const target = typeof url === 'string' ? URL.parse(url) : null;
  if (target === null) {
    throw new SystemError(
      `${describeRequest(request)}: the list can't go on where it was cut off, as \`resume\` holds no URL. Hand it on as the page had it.`,
    );
  }
  return {...request, url: target, ...(isObject(json) && {method: 'POST', json})};
};
