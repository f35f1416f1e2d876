// Pages through an API in a function, and records the requests, records and warnings.
import {json} from '../../cdk/http/decode/json.ts';
import {type PaginateOptions, paginate} from '../../cdk/http/paginate/paginate.ts';
import {SOURCE_SCOPE} from '../../cdk/http/request-scope.ts';
import type {HttpRequest, Send} from '../../cdk/http/types.ts';
import {followLinks} from '../../cdk/http/wire/crossing.ts';
import {openReach} from '../../cdk/http/wire/reach.ts';

export type Answer = {
  readonly json: unknown;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
};

export const GET: HttpRequest = {
  method: 'GET',
  url: new URL('https://api.test/items'),
  scope: SOURCE_SCOPE,
  headers: {accept: 'application/json'},
};

const follow = followLinks(undefined, () => false, {
  reach: openReach({allowedHosts: ['*']}),
  holdsSecret: () => false,
});

/** Responds to each request, also with statuses that are not allowed. */
const sendOf =
  (api: (request: HttpRequest) => Answer): Send =>
  async (request) => {
    const {json, status = 200, headers = {}} = api(request);
    return {status, headers, body: Buffer.from(JSON.stringify(json)), url: request.url};
  };

/** The parts in which requests differ: the query, and the JSON if there is one. */
const describe = ({method, url, json, form}: HttpRequest): string =>
  `${url.host === 'api.test' ? '' : url.origin}${url.pathname === '/items' ? '' : url.pathname}${decodeURIComponent(url.search)}${method === 'POST' ? ` ${JSON.stringify(json ?? form)}` : ''}`;

/** Pages through an API to the end, or to the failure. After 30 requests it counts as endless. */
export const pageThrough = async (
  options: PaginateOptions,
  api: (request: HttpRequest) => Answer,
  request = GET,
) => {
  const requests: string[] = [];
  const records: object[] = [];
  const warnings: string[] = [];
  const send = sendOf((next) => {
    requests.push(describe(next));
    if (requests.length > 30) throw new Error('It does not end.');
    return api(next);
  });
  const paging = {
    sendAllowing: () => send,
    follow,
    warn: (message: string) => warnings.push(message),
    decoder: json(),
    limit: 1e9,
  };
  let failure: string | undefined;
  try {
    for await (const page of paginate(paging, request, options)) records.push(...page.records);
  } catch (error) {
    failure = String(error);
  }
  return {
    requests,
    records,
    ...(warnings.length > 0 && {warnings}),
    ...(failure !== undefined && {failure}),
  };
};

/** `{id: 1}` to `{id: count}`. */
export const items = (count: number, from = 1): readonly {readonly id: number}[] =>
  Array.from({length: count}, (_none, index) => ({id: from + index}));

export const param = ({url}: HttpRequest, name: string): number =>
  Number(url.searchParams.get(name) ?? 0);
