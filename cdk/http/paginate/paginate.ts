import {SystemError} from '../../errors.ts';
import {isObject, kindOf} from '../../json.ts';
import {decodeJson} from '../decode.ts';
import {describeRequest, type HttpRequest, type Send} from '../message.ts';
import type {Paginator} from './paginator.ts';

export type PaginateOptions = {
  /** Where the records are in the body: `items`, `data.rows`. Default: the body itself is the list. */
  readonly records?: string;
  /** How the next page is found. Without it there is just one. */
  readonly next?: Paginator;
  /** Statuses that mean "nothing here" rather than a fault, such as GitHub's 409 for an empty repository. */
  readonly emptyOn?: readonly number[];
};

/** What was fetched at once. */
export type FetchedRecords<R extends object> = {
  readonly records: readonly R[];
  readonly bytes: number;
};

const at = (json: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), json);

/** The claim that the API answers with `R` is the author's: types are checked against the schema, not here. */
const isRecordList = <R extends object>(value: unknown): value is readonly R[] =>
  Array.isArray(value) && value.every(isObject);

const recordsOf = <R extends object>(
  json: unknown,
  request: HttpRequest,
  path: string | undefined,
): readonly R[] => {
  const found = path === undefined ? json : at(json, path);
  if (isRecordList<R>(found)) return found;
  const place = path === undefined ? 'the body' : `"${path}" in the body`;
  const keys = isObject(json) ? ` The body has: ${Object.keys(json).slice(0, 20).join(', ')}.` : '';
  throw new SystemError(
    `${describeRequest(request)}: ${place} should be a list of objects, but is ${Array.isArray(found) ? 'a list with other values' : kindOf(found)}.${keys} Set \`records\` to the path of the list.`,
  );
};

/** A server that sends the same page for ever would keep a run going for ever. */
const assertNew = (url: URL, seen: Set<string>): void => {
  if (seen.has(url.href)) {
    throw new SystemError(
      `${url.origin}${url.pathname}: the page that follows was fetched before, so its paging runs in a circle. The records up to here were read; report this to the API's owner.`,
    );
  }
  seen.add(url.href);
};

/** Fetches page after page; the next one is asked for when the reader comes back for it. */
export async function* paginate<R extends object>(
  send: Send,
  first: HttpRequest,
  {records: path, next, emptyOn = []}: PaginateOptions,
): AsyncGenerator<FetchedRecords<R>> {
  const seen = new Set<string>();
  for (let url: URL | undefined = first.url; url !== undefined; ) {
    assertNew(url, seen);
    const request: HttpRequest = {...first, url};
    const response = await send(request);
    if (emptyOn.includes(response.status)) return;
    const json: unknown = decodeJson(request, response);
    const records = recordsOf<R>(json, request, path);
    yield {records, bytes: response.body.length};
    url = next?.({response, json, records});
  }
}
