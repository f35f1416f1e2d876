// Where a list is resumed, as plain JSON that a later run understands: {"list": "…", "url": "…", "json": {…}}, or with a
// form in place of the JSON.
import {hash} from 'node:crypto';
import {SystemError} from '../../errors.ts';
import {printExact} from '../../json/exact.ts';
import {isObject, type JsonObject} from '../../json/values.ts';
import type {Query} from '../query.ts';
import {describeRequest, type HttpRequest, namesSecret} from '../types.ts';

/** The lists of one `read`: at most one of them goes on where an earlier run was cut off. */
export type ListResume = {
  /** The `resume` of that list, if `first` is its first request; only once. */
  readonly take: (first: HttpRequest) => JsonObject | undefined;
  /** Whether a list of the kit's wrote the `resume`, and none of this `read` has taken it. */
  readonly isLeft: () => boolean;
};

/**
 * Names a list by its whole first request: a `read` may page through several lists, even at the same path, and must not
 * go on in one of them with the page of another.
 */
const listOf = ({method, url, json, form}: HttpRequest): string =>
  hash('sha1', `${method} ${url.href} ${printExact(json ?? form ?? {})}`, 'base64url').slice(0, 16);

/** @param resume what the last page of an earlier run has left; undefined: all lists begin at their first page */
export const openListResume = (resume: JsonObject | undefined): ListResume => {
  let left = resume;
  return {
    take: (first) => {
      if (left?.['list'] !== listOf(first)) return undefined;
      const taken = left;
      left = undefined;
      return taken;
    },
    isLeft: () => typeof left?.['list'] === 'string' && typeof left['url'] === 'string',
  };
};

/** A form's values are strings, numbers and booleans, or lists of them. */
const isForm = (value: unknown): value is Query =>
  isObject(value) &&
  Object.values(value)
    .flat()
    .every((field) => ['string', 'number', 'boolean'].includes(typeof field));

/** The request of a list, at the page where it is resumed. Its method is that of the first one, which names the list. */
const resumed = (first: HttpRequest, {url, json, form}: JsonObject): HttpRequest => {
  const target = typeof url === 'string' ? URL.parse(url) : null;
  if (target === null) {
    throw new SystemError(
      `${describeRequest(first)}: the list can't go on where it was cut off, as its \`resume\` holds no URL.`,
    );
  }
  return {
    ...first,
    url: target,
    ...(isObject(json) && {json}),
    ...(isForm(form) && {form}),
  };
};

/** Nothing for a URL that may hold a credential: what is kept of it is not masked. */
const resumeOf = (list: string, {url, json, form}: HttpRequest): {readonly resume?: JsonObject} =>
  [...url.searchParams.keys()].some(namesSecret)
    ? {}
    : {resume: {list, url: url.href, ...(json && {json}), ...(form && {form})}};

/** Where one list begins, and where it can be resumed. */
export const openList = (lists: ListResume | undefined, first: HttpRequest) => {
  const resume = lists?.take(first);
  const list = lists && listOf(first);
  return {
    isResumed: resume !== undefined,
    begin: resume === undefined ? first : resumed(first, resume),
    /** @param next the request for the page after the one that gets this `resume` */
    resumeAt: (next: HttpRequest): {readonly resume?: JsonObject} =>
      list === undefined ? {} : resumeOf(list, next),
  };
};
