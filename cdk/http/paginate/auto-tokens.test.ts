// Envelopes with a token, a number of pages or records, or a flag, from the documentation of their APIs.
import {describe, expect, test} from '@jest/globals';
import {
  type Api,
  byPage,
  byToken,
  PAGES,
  serve,
  text,
  tokenOf,
  tokens,
} from '../../../test/http/five-records.ts';
import {items, pageThrough} from '../../../test/http/paging.ts';
import {auto} from './auto.ts';

describe('auto reads to the end of an API that', () => {
  test.each<[string, readonly string[], Api]>([
    [
      'has next_page with a number or null',
      PAGES,
      {
        from: byPage(),
        answer: ({rows, next}) => ({json: {rows, next_page: next ? next / 2 + 1 : null}}),
      },
    ],
    [
      'has pages.next with a token (Intercom)',
      tokens('starting_after'),
      {
        from: byToken('starting_after'),
        answer: ({rows, next}) => ({
          json: {
            type: 'list',
            data: rows,
            pages: {page: 1, next: next ? {page: 2, starting_after: `t${next}`} : null},
          },
        }),
      },
    ],
    [
      'has nextPageToken (Google)',
      tokens('pageToken'),
      {
        from: byToken('pageToken'),
        answer: ({rows, next}) => ({
          json: {files: rows, ...(next && {nextPageToken: `t${next}`})},
        }),
      },
    ],
    [
      'has response_metadata.next_cursor, which is an empty string at the end (Slack)',
      tokens('cursor'),
      {
        from: byToken('cursor'),
        answer: ({rows, next}) => ({
          json: {
            ok: true,
            members: rows,
            response_metadata: {next_cursor: tokenOf(next) ?? '', messages: []},
          },
        }),
      },
    ],
    [
      'has meta.next_cursor',
      tokens('cursor'),
      {
        from: byToken('cursor'),
        answer: ({rows, next}) => ({json: {data: rows, meta: {next_cursor: tokenOf(next)}}}),
      },
    ],
    [
      'has meta.next_token (X)',
      tokens('pagination_token'),
      {
        from: byToken('pagination_token'),
        answer: ({rows, next}) => ({
          json: {data: rows, meta: {result_count: 2, ...(next && {next_token: `t${next}`})}},
        }),
      },
    ],
    [
      'has a cursor that never ends, and a flag that does (Dropbox)',
      tokens('cursor'),
      {
        from: byToken('cursor'),
        answer: ({rows, next}) => ({
          json: {entries: rows, cursor: `t${next ?? 9}`, has_more: next !== undefined},
        }),
      },
    ],
    [
      'has a token as its offset (Airtable)',
      tokens('offset'),
      {
        from: byToken('offset'),
        answer: ({rows, next}) => ({json: {records: rows, ...(next && {offset: `t${next}`})}}),
      },
    ],
    [
      'has data.after (Reddit)',
      tokens('after'),
      {
        from: byToken('after'),
        answer: ({rows, next}) => ({
          json: {kind: 'Listing', data: {after: tokenOf(next), children: rows}},
        }),
      },
    ],
    [
      'has metadata.continue (Kubernetes)',
      tokens('continue'),
      {
        from: byToken('continue'),
        answer: ({rows, next}) => ({
          json: {
            kind: 'PodList',
            metadata: next ? {continue: `t${next}`} : {},
            items: rows,
          },
        }),
      },
    ],
    [
      'has the token in a header (Azure DevOps)',
      tokens('continuationToken'),
      {
        from: byToken('continuationToken'),
        answer: ({rows, next}) => ({
          json: {count: 2, value: rows},
          headers: next ? {'x-ms-continuationtoken': `t${next}`} : {},
        }),
      },
    ],
    [
      'has the next page in a header, empty at the end (GitLab)',
      PAGES,
      {
        from: byPage(),
        answer: ({rows, next}) => ({
          json: rows,
          headers: {'x-next-page': next ? String(next / 2 + 1) : ''},
        }),
      },
    ],
    [
      'has a flag, and takes the last id (Stripe)',
      ['', '?starting_after=2', '?starting_after=4'],
      {
        from: (request) => Number(text(request, 'starting_after')),
        answer: ({rows, next}) => ({
          json: {object: 'list', url: '/v1/charges', has_more: next !== undefined, data: rows},
        }),
      },
    ],
    [
      'counts its pages in a header (WordPress)',
      PAGES,
      {
        from: byPage(),
        answer: ({rows}) => ({json: rows, headers: {'x-wp-total': '5', 'x-wp-totalpages': '3'}}),
      },
    ],
    [
      'counts its pages in result_info (Cloudflare)',
      PAGES,
      {
        from: byPage(),
        answer: ({rows, from}) => ({
          json: {
            success: true,
            errors: [],
            messages: [],
            result: rows,
            result_info: {
              page: from / 2 + 1,
              per_page: 2,
              total_pages: 3,
              count: 2,
              total_count: 5,
            },
          },
        }),
      },
    ],
    [
      'counts its pages in meta, from current_page to last_page',
      PAGES,
      {
        from: byPage(),
        answer: ({rows, from}) => ({
          json: {data: rows, meta: {current_page: from / 2 + 1, last_page: 3, total: 5}},
        }),
      },
    ],
    [
      'begins its pages at 0 (Spring)',
      ['', '?page=1', '?page=2'],
      {
        from: byPage(0),
        answer: ({rows, from, next}) => ({
          json: {
            content: rows,
            last: next === undefined,
            totalPages: 3,
            totalElements: 5,
            number: from / 2,
            size: 2,
          },
        }),
      },
    ],
    [
      'begins its pages at 0, and numbers them in page (Spring HATEOAS)',
      ['', '?page=1', '?page=2'],
      {
        from: byPage(0),
        answer: ({rows, from}) => ({
          json: {
            _embedded: {people: rows},
            page: {size: 2, totalElements: 5, totalPages: 3, number: from / 2},
          },
        }),
      },
    ],
    [
      'has a number under next',
      PAGES,
      {
        from: byPage(),
        answer: ({rows, next}) => ({json: {rows, meta: {next: next ? next / 2 + 1 : null}}}),
      },
    ],
    [
      'counts its pages and does not number them',
      PAGES,
      {from: byPage(), answer: ({rows}) => ({json: {total_pages: '3', rows}})},
    ],
    [
      'has offset, limit and total_count (Redmine)',
      ['', '?offset=2', '?offset=4'],
      {
        from: (request) => Number(text(request, 'offset')),
        answer: ({rows, from}) => ({
          json: {issues: rows, total_count: 5, offset: from, limit: 2},
        }),
      },
    ],
    [
      'has startAt, maxResults and total (Jira)',
      ['', '?startAt=2', '?startAt=4'],
      {
        from: (request) => Number(text(request, 'startAt')),
        answer: ({rows, from}) => ({
          json: {expand: 'x', startAt: from, maxResults: 2, total: 5, values: rows},
        }),
      },
    ],
    [
      'has offset and a flag, and no total (PagerDuty)',
      ['', '?offset=2', '?offset=4'],
      {
        from: (request) => Number(text(request, 'offset')),
        answer: ({rows, from, next}) => ({
          json: {incidents: rows, offset: from, limit: 2, more: next !== undefined, total: null},
        }),
      },
    ],
    [
      'has start and numFound in its response (Solr)',
      ['', '?start=2', '?start=4'],
      {
        from: (request) => Number(text(request, 'start')),
        answer: ({rows, from}) => ({
          json: {responseHeader: {status: 0}, response: {numFound: 5, start: from, docs: rows}},
        }),
      },
    ],
  ])('%s', async (_api, requests, api) => {
    expect(await pageThrough({next: auto()}, serve(api))).toEqual({requests, records: items(5)});
  });
});
