// Lists whose pages are given as bodies.
import {json} from '../../cdk/http/decode/json.ts';
import {
  type FetchedRecords,
  type PaginateOptions,
  paginate,
} from '../../cdk/http/paginate/paginate.ts';
import {SOURCE_SCOPE} from '../../cdk/http/request-scope.ts';
import type {HttpRequest} from '../../cdk/http/types.ts';

export type Pages = AsyncIterable<FetchedRecords<Record<string, unknown>>>;

/** A list whose pages have these bodies. */
export const listOf = (
  bodies: readonly (string | Buffer)[],
  options: PaginateOptions = {},
  headers: Readonly<Record<string, string>> = {},
): Pages => {
  const url = (page: number) => new URL(`https://api.test/items?page=${page}`);
  const send = async (request: HttpRequest) => {
    const page = Number(request.url.searchParams.get('page'));
    return {status: 200, headers, body: Buffer.from(bodies[page] ?? '[]'), url: request.url};
  };
  const paging = {
    sendAllowing: () => send,
    warn: () => {},
    decoder: json(),
    limit: 1e9,
  };
  const next: PaginateOptions['next'] = ({index}) =>
    index + 1 < bodies.length ? {url: url(index + 1)} : undefined;
  return paginate<Record<string, unknown>>(
    paging,
    {method: 'GET', url: url(0), scope: SOURCE_SCOPE, headers: {}},
    {next, ...options},
  );
};
