// Where a list is resumed, as plain JSON that a later run understands: {"url": "…", "json": {…}} or {"url": "…", "form": {…}}.
import {SystemError} from '../../errors.ts';
import {isObject, type JsonObject} from '../../json/values.ts';
import type {Query} from '../query.ts';
import {describeRequest, type HttpRequest, namesSecret} from '../types.ts';

/** Nothing for a URL that may hold a credential: what is kept of it is not masked. */
export const resumeOf = ({url, json, form}: HttpRequest): {readonly resume?: JsonObject} =>
  [...url.searchParams.keys()].some(namesSecret)
    ? {}
    : {resume: {url: url.href, ...(json && {json}), ...(form && {form})}};

/** A form's values are strings, numbers and booleans, or lists of them. */
const isForm = (value: unknown): value is Query =>
  isObject(value) &&
  Object.values(value)
    .flat()
    .every((field) => ['string', 'number', 'boolean'].includes(typeof field));

/** The request of a list, at the page where it is resumed. Its method stays, and a GET has no body. */
export const resumed = (request: HttpRequest, {url, json, form}: JsonObject): HttpRequest => {
  const target = typeof url === 'string' ? URL.parse(url) : null;
  const isFitting = request.method !== 'GET' || (json === undefined && form === undefined);
  if (target === null || !isFitting) {
    const fault = target === null ? 'has no URL' : 'has a body, but a GET has none';
    throw new SystemError(
      `${describeRequest(request)}: the list can't be resumed where it was cut off, as \`resume\` ${fault}. Pass it on as the page had it.`,
    );
  }
  return {
    ...request,
    url: target,
    ...(isObject(json) && {json}),
    ...(isForm(form) && {form}),
  };
};
