import {describe, expect, test} from '@jest/globals';
import {GET, items, pageThrough} from '../../../test/http/paging.ts';
import {cursorIn} from './cursor-in.ts';
import {type EndFlag, endFlag} from './end-flag.ts';
import {lastId} from './last-id.ts';
import {nextUrl} from './next-url.ts';
import {offset} from './offset.ts';
import {pageNumber} from './page-number.ts';
import type {PaginateOptions} from './paginate.ts';
import type {Paginator} from './paginator.ts';
import {tokenParts} from './token-parts.ts';

const PAGINATORS: readonly [string, (end: EndFlag) => Paginator][] = [
  ['cursorIn', (end) => cursorIn('next', 'cursor', end)],
  ['nextUrl', (end) => nextUrl('next', end)],
  ['tokenParts', (end) => tokenParts({cursor: 'next'}, end)],
  ['lastId', (end) => lastId('id', 'after', end)],
  ['pageNumber', (end) => pageNumber(end)],
  ['offset', (end) => offset({size: 2, ...end})],
];

type Page = Readonly<Record<string, unknown>>;

type ReadOptions = Pick<PaginateOptions, 'incomplete'> & {readonly query?: string};

/** Sends two records in each page, a next cursor or URL, and these fields. */
const read = (
  next: Paginator,
  pages: readonly Page[],
  {query = '', ...options}: ReadOptions = {},
) => {
  let index = -1;
  const api = () => {
    index += 1;
    return {json: {rows: items(2, index * 2 + 1), next: `?page=${index}`, ...pages[index]}};
  };
  const url = new URL(`https://api.test/items${query}`);
  return pageThrough({records: 'rows', next, ...options}, api, {...GET, url});
};

describe.each(PAGINATORS)('a flag of %s', (_name, paginator) => {
  test.each<[EndFlag, readonly unknown[]]>([
    [{more: 'flag'}, [true, false]],
    [{more: 'flag'}, ['True', 'False']],
    [{more: 'flag'}, [1, 0]],
    [{more: 'flag'}, ['1', '0']],
    [{more: 'flag'}, [7, 0]],
    [{last: 'flag'}, [false, true]],
    [{last: 'flag'}, ['false', 'TRUE']],
    [{last: 'flag'}, [0, 1]],
    [{last: 'flag'}, ['0', '1']],
    [{last: 'flag'}, [null, true]],
    [{last: 'flag'}, [undefined, true]],
    [{last: 'flag'}, ['', true]],
  ])('ends the list at its second page: %j %j', async (end, [first, second]) => {
    const {records} = await read(paginator(end), [{flag: first}, {flag: second}, {rows: []}]);
    expect(records).toEqual(items(4));
  });

  test.each([['no'], [7], [{at: 1}], [[]]])(
    'that names the last page is an error if it is %j',
    async (flag) => {
      const {failure, requests} = await read(paginator({last: 'flag'}), [{flag}]);
      expect(requests).toHaveLength(1);
      expect(failure).toMatch(
        /^SystemError: GET https:\/\/api\.test\/items: "flag" in the body should be true or false, but is (another string|a number|an object|an array)\. Set `last` to the location of a flag\.$/,
      );
    },
  );
});

test('a flag may be in a header', async () => {
  const headers = [{'x-last': 'false'}, {'x-last': 'true'}];
  const next = cursorIn('next', 'cursor', {last: {header: 'X-Last'}});
  const api = () => ({
    json: {rows: items(1, 3 - headers.length), next: headers.length},
    headers: headers.shift() ?? {},
  });
  expect(await pageThrough({records: 'rows', next}, api)).toEqual({
    requests: ['', '?cursor=2'],
    records: items(2),
  });
});

describe('a page without a next one, although the flag says that there is more', () => {
  test.each<[EndFlag, Page]>([
    [{more: 'has_more'}, {has_more: true}],
    [{last: 'end_of_stream'}, {end_of_stream: false}],
  ])('causes a warning: %j', async (end, flags) => {
    expect((await read(nextUrl('next', end), [{next: null, ...flags}])).warnings).toEqual([
      'GET https://api.test/items: the API says that there is more, but "next" in the body is missing, so records may be ' +
        "missing. Check `next` against the API's documentation.",
    ]);
  });

  test('causes a warning if it is empty and names itself', async () => {
    const next = cursorIn('next', 'cursor', {more: 'has_more'});
    const pages = [
      {next: 'a', has_more: true},
      {rows: [], next: 'a', has_more: true},
    ];
    expect((await read(next, pages)).warnings).toEqual([
      'GET https://api.test/items: the page is empty, but the API says that there is more, so records may be missing. ' +
        "Check `next` against the API's documentation.",
    ]);
  });
});

describe('the name of a flag', () => {
  test.each([
    'end_of_stream', // Zendesk: https://developer.zendesk.com/api-reference/ticketing/ticket-management/incremental_exports/
    'isLast', // Jira
    'isLastPage', // Bitbucket Server
    'last', // Spring
    'done', // Salesforce
    'endOfRecords', // GBIF
    'result_info.list_complete', // Cloudflare's KV
    'paging.is_end', // Zhihu
    'finished',
    'no_more',
    'noMoreData',
  ])('that says "the last page" is refused for `more`: %s', (name) => {
    expect(() => endFlag({more: name})).toThrow(
      `\`next\` has \`more: "${name}"\`, but a flag of that name is true on the last page. Set \`last: "${name}"\` instead.`,
    );
    expect(endFlag({last: name})).toBeInstanceOf(Function);
  });

  test.each([
    'has_more', // Stripe, Notion, Dropbox, Plaid
    'meta.has_more', // Zendesk: https://developer.zendesk.com/api-reference/introduction/pagination/
    'hasMoreItems',
    'more', // PagerDuty
    'pageInfo.hasNextPage',
    'is_truncated',
    'IsTruncated', // S3
    'pending', // CouchDB
  ])('that says "more" is refused for `last`: %s', (name) => {
    expect(() => endFlag({last: name})).toThrow(
      `\`next\` has \`last: "${name}"\`, but a flag of that name is true while there is more. Set \`more: "${name}"\` instead.`,
    );
    expect(endFlag({more: name})).toBeInstanceOf(Function);
  });

  test.each([
    'active',
    'LastEvaluatedKey',
    'last_id',
    'pageInfo.endCursor',
    'incomplete_results',
    'blast',
  ])('that says neither is accepted for both: %s', (name) => {
    expect(endFlag({more: name})).toBeInstanceOf(Function);
    expect(endFlag({last: name})).toBeInstanceOf(Function);
  });

  test('is also that of a header', () => {
    expect(() => endFlag({more: {header: 'X-Is-Last'}})).toThrow(
      '`next` has `more: {"header":"X-Is-Last"}`, but a flag of that name is true on the last page.',
    );
  });
});

describe('a list that its flag ended, although its last page names a next one', () => {
  const warning = (flag: string, size = 2, where = '"next" in the body') =>
    `GET https://api.test/items: the last page (${size} records) has ${where}, but ${flag}, so records may be ` +
    "missing. Check `next` against the API's documentation.";
  const FULL = '?limit=2';

  test.each<[string, EndFlag, readonly Page[], string, string]>([
    ['no', {more: 'active'}, [{active: false}], FULL, '"active" in the body (`more`) is false'],
    [
      'null on a short page',
      {more: 'has_more'},
      [{has_more: null}],
      '?limit=3',
      '"has_more" in the body (`more`) is null',
    ],
    ['yes', {last: 'active'}, [{active: true}], FULL, '"active" in the body (`last`) is true'],
    [
      'null',
      {more: 'has_more'},
      [{has_more: null}],
      FULL,
      '"has_more" in the body (`more`) is null',
    ],
    [
      'no, on a page as long as the first',
      {more: 'active'},
      [{active: true}, {active: false}],
      '',
      '"active" in the body (`more`) is false',
    ],
  ])(
    'is in doubt if the flag is empty, or has an unclear name on a full page: %s',
    async (...test_) => {
      const [, end, pages, query, flag] = test_;
      for (const next of [
        cursorIn('next', 'cursor', end),
        nextUrl('next', end),
        tokenParts({cursor: 'next'}, end),
      ]) {
        expect((await read(next, pages, {query})).warnings).toEqual([warning(flag)]);
        expect((await read(next, pages, {query, incomplete: 'fail'})).failure).toBe(
          `SystemError: ${warning(flag)}`,
        );
      }
    },
  );

  test('is in doubt if its first page has as many records as a usual one', async () => {
    const rows = items(100);
    const next = cursorIn('next', 'cursor', {more: 'active'});
    expect((await read(next, [{rows, active: false}])).warnings).toEqual([
      warning('"active" in the body (`more`) is false', 100),
    ]);
  });

  test.each<[string, Paginator, Page]>([
    [
      'Zendesk, cursor paging, https://developer.zendesk.com/api-reference/introduction/pagination/',
      cursorIn('meta.after_cursor', 'page[after]', {more: 'meta.has_more'}),
      {meta: {has_more: false, after_cursor: 'x'}},
    ],
    [
      'Zendesk, links, on the same page',
      nextUrl('links.next', {more: 'meta.has_more'}),
      {meta: {has_more: false}, links: {next: 'https://api.test/items?page=9'}},
    ],
    [
      'Zendesk, incremental exports by cursor',
      cursorIn('after_cursor', 'cursor', {last: 'end_of_stream'}),
      {end_of_stream: true, after_cursor: 'x'},
    ],
    [
      'Zendesk, incremental exports by time',
      nextUrl('next_page', {last: 'end_of_stream'}),
      {end_of_stream: true, next_page: 'https://api.test/items?start_time=9'},
    ],
    [
      'Slack, https://api.slack.com/apis/pagination',
      cursorIn('response_metadata.next_cursor', 'cursor', {more: 'has_more'}),
      {has_more: false, response_metadata: {next_cursor: ''}},
    ],
    [
      'Notion, https://developers.notion.com/reference/intro#pagination',
      cursorIn('next_cursor', 'start_cursor', {more: 'has_more'}),
      {has_more: false, next_cursor: null},
    ],
    [
      'Stripe, https://docs.stripe.com/api/pagination',
      lastId('id', 'starting_after', {more: 'has_more'}),
      {has_more: false},
    ],
    [
      'Dropbox, https://www.dropbox.com/developers/documentation/http/documentation#files-list_folder',
      cursorIn('cursor', 'cursor', {more: 'has_more'}),
      {has_more: false, cursor: 'x'},
    ],
    [
      'CouchDB, https://docs.couchdb.org/en/stable/api/database/changes.html',
      cursorIn('last_seq', 'since', {more: 'pending'}),
      {pending: 0, last_seq: '9-x'},
    ],
    [
      'Salesforce, https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_query.htm',
      nextUrl('nextRecordsUrl', {last: 'done'}),
      {done: true},
    ],
    [
      'an unclear name, but a short page',
      cursorIn('next', 'cursor', {more: 'active'}),
      {rows: items(1), active: false},
    ],
    [
      'an unclear name, but no next page',
      cursorIn('next', 'cursor', {more: 'active'}),
      {next: null, active: false},
    ],
  ])('is whole: %s', async (_api, next, page) => {
    expect(await read(next, [page], {query: FULL, incomplete: 'fail'})).toEqual({
      requests: [FULL],
      records: page['rows'] ?? items(2),
    });
  });
});
