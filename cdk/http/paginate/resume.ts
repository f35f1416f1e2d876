// The `resume` of a list is plain JSON for a later run: {"list": "…", "url": "…", "json": {…}}, or with a `form`.
import {hash} from 'node:crypto';
import {SystemError} from '../../errors.ts';
import {printExact} from '../../json/exact.ts';
import {isObject, type JsonObject} from '../../json/values.ts';
import type {Query} from '../query.ts';
import {describeRequest, type HttpRequest, namesSecret} from '../types.ts';
import type {Follow, HoldsSecret} from '../wire/crossing.ts';
import {bodyOf} from '../wire/request-body.ts';

/** The lists of one `read`. At most one of them is resumed where an earlier run stopped. */
export type ListResume = {
  /** Returns the `resume` once, to the list whose first request is `first`. */
  readonly take: (first: HttpRequest) => JsonObject | undefined;
  /** True if a list of the kit wrote the `resume`, and no list of this `read` has taken it. */
  readonly isLeft: () => boolean;
};

/** Identifies a list by its whole first request, because a `read` may page through several lists, even at the same path. */
const listOf = (request: HttpRequest): string => {
  const {method, url, json, form, content} = request;
  const body = content === undefined ? printExact(json ?? form ?? {}) : bodyOf(request)?.body;
  return hash('sha1', `${method} ${url.href} ${body}`, 'base64url').slice(0, 16);
};

/** @param resume from the last page of an earlier run; undefined: all lists begin at their first page */
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

/** The values of a form are strings, numbers, booleans, or lists of them. */
const isForm = (value: unknown): value is Query =>
  isObject(value) &&
  Object.values(value)
    .flat()
    .every((field) => ['string', 'number', 'boolean'].includes(typeof field));

/** The request at which a list is resumed. Its method is that of the first request, which identifies the list. */
const resumed = (
  first: HttpRequest,
  {url, json, form}: JsonObject,
  follow: Follow = (request, to) => ({...request, url: to}),
): HttpRequest => {
  const target = typeof url === 'string' ? URL.parse(url) : null;
  if (target === null) {
    throw new SystemError(
      `${describeRequest(first)}: the list can't be resumed, because its \`resume\` has no URL. Reset the stream's state to read it from the beginning.`,
    );
  }
  return {...follow(first, target), ...(isObject(json) && {json}), ...(isForm(form) && {form})};
};

const holdsIn = (value: unknown, holdsSecret: HoldsSecret): boolean =>
  typeof value === 'object' && value !== null
    ? Object.values(value).some((inner) => holdsIn(inner, holdsSecret))
    : typeof value === 'string' && holdsSecret(value);

/** Empty for a request that may contain a credential, because states are not masked. */
const resumeOf = (
  list: string,
  {url, json, form}: HttpRequest,
  holdsSecret: HoldsSecret,
): {readonly resume?: JsonObject} => {
  const names = [...url.searchParams.keys(), ...Object.keys(form ?? {})];
  const isSecret = names.some(namesSecret) || holdsIn(json ?? form, holdsSecret);
  return isSecret ? {} : {resume: {list, url: url.href, ...(json && {json}), ...(form && {form})}};
};

/** @param holdsSecret finds credentials in bodies */
export const openList = (
  lists: ListResume | undefined,
  first: HttpRequest,
  {follow, holdsSecret = () => false}: {follow?: Follow; holdsSecret?: HoldsSecret} = {},
) => {
  const resume = lists?.take(first);
  const list = lists && listOf(first);
  return {
    isResumed: resume !== undefined,
    begin: resume === undefined ? first : resumed(first, resume, follow),
    resumeAt: (next: HttpRequest): {readonly resume?: JsonObject} =>
      list === undefined ? {} : resumeOf(list, next, holdsSecret),
  };
};
