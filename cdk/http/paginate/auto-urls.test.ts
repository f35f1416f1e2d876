// Envelopes with the URL of the next page, from the documentation of their APIs.
import {describe, expect, test} from '@jest/globals';
import {type Api, byFrom, FROM, serve, urlOf} from '../../../test/http/five-records.ts';
import {items, pageThrough} from '../../../test/http/paging.ts';
import {auto} from './auto.ts';

const link = (next: number | undefined) => ({
  link: next === undefined ? '</items>; rel="first"' : `<${urlOf(next)}>; rel="next"`,
});

describe('auto follows the URLs of an API that', () => {
  test.each<[string, readonly string[], Api]>([
    [
      'links in the Link header (GitHub)',
      FROM,
      {
        from: byFrom,
        answer: ({rows, next}) => ({json: rows, headers: link(next)}),
      },
    ],
    [
      'has a URL under next (Django)',
      FROM,
      {
        from: byFrom,
        answer: ({rows, next}) => ({
          json: {count: 5, next: urlOf(next), previous: null, results: rows},
        }),
      },
    ],
    [
      'has links.next (JSON:API)',
      FROM,
      {
        from: byFrom,
        answer: ({rows, next}) => ({
          json: {data: rows, included: items(2), links: {self: '/items', next: urlOf(next)}},
        }),
      },
    ],
    [
      'leaves links.next out at the end, and has the first link',
      FROM,
      {
        from: byFrom,
        answer: ({rows, next}) => ({
          json: {data: rows, links: {first: '/items', ...(next && {next: urlOf(next)})}},
        }),
      },
    ],
    [
      'has links.next.href, and lists under _embedded (HAL)',
      FROM,
      {
        from: byFrom,
        answer: ({rows, next}) => ({
          json: {
            _embedded: {orders: rows},
            _links: {first: {href: '/items'}, ...(next && {next: {href: urlOf(next)}})},
          },
        }),
      },
    ],
    [
      'has links.pages.next (DigitalOcean)',
      FROM,
      {
        from: byFrom,
        answer: ({rows, next}) => ({
          json: {
            droplets: rows,
            links: {pages: next === undefined ? {first: '/items'} : {next: urlOf(next)}},
            meta: {total: 5},
          },
        }),
      },
    ],
    [
      'has a list of links (PayPal)',
      FROM,
      {
        from: byFrom,
        answer: ({rows, next}) => ({
          json: {
            items: rows,
            links: [
              {rel: 'first', href: '/items'},
              ...(next === undefined ? [] : [{rel: 'next', href: urlOf(next)}]),
            ],
          },
        }),
      },
    ],
    [
      'has the next URL in the body, and the first page in the Link header',
      FROM,
      {
        from: byFrom,
        answer: ({rows, next}) => ({
          json: {items: rows, next: urlOf(next)},
          headers: {link: '</items>; rel="first", </items>; rel="prev"'},
        }),
      },
    ],
    [
      'has the next URL in the body, and other pages in a list of links',
      FROM,
      {
        from: byFrom,
        answer: ({rows, next}) => ({
          json: {items: rows, next: urlOf(next), links: [{rel: 'previous', href: '/items'}]},
        }),
      },
    ],
    [
      'has paging.next with a link and a token (HubSpot)',
      FROM,
      {
        from: byFrom,
        answer: ({rows, next}) => ({
          json: {
            results: rows,
            ...(next && {paging: {next: {after: `t${next}`, link: urlOf(next)}}}),
          },
        }),
      },
    ],
    [
      'has paging.next next to cursors that never end (Facebook)',
      FROM,
      {
        from: byFrom,
        answer: ({rows, next}) => ({
          json: {
            data: rows,
            paging: {cursors: {after: 'x'}, ...(next && {next: urlOf(next)})},
          },
        }),
      },
    ],
    [
      'has @odata.nextLink (Microsoft Graph)',
      FROM,
      {
        from: byFrom,
        answer: ({rows, next}) => ({
          json: {value: rows, ...(next && {'@odata.nextLink': urlOf(next)})},
        }),
      },
    ],
    [
      'has d.__next (OData 2)',
      FROM,
      {
        from: byFrom,
        answer: ({rows, next}) => ({
          json: {d: {results: rows, ...(next && {__next: urlOf(next)})}},
        }),
      },
    ],
    [
      'has next_page_url, and counts pages (Laravel)',
      FROM,
      {
        from: byFrom,
        answer: ({rows, next}) => ({
          json: {current_page: 1, last_page: 3, data: rows, next_page_url: urlOf(next), total: 5},
        }),
      },
    ],
    [
      'has meta.pagination.next_url',
      FROM,
      {
        from: byFrom,
        answer: ({rows, next}) => ({
          json: {data: {rows}, meta: {pagination: {next_url: urlOf(next)}}},
        }),
      },
    ],
    [
      'has a relative next_page_uri (Twilio)',
      FROM,
      {
        from: byFrom,
        answer: ({rows, next}) => ({
          json: {messages: rows, next_page_uri: next ? `/items?from=${next}` : null},
        }),
      },
    ],
    [
      'has nextRecordsUrl and counts (Salesforce)',
      FROM,
      {
        from: byFrom,
        answer: ({rows, next}) => ({
          json: {
            totalSize: 5,
            done: !next,
            records: rows,
            ...(next && {nextRecordsUrl: `/items?from=${next}`}),
          },
        }),
      },
    ],
    [
      'has a URL that never ends, and a flag that does (Zendesk)',
      FROM,
      {
        from: byFrom,
        answer: ({rows, next, from}) => ({
          json: {
            tickets: rows,
            next_page: urlOf(next ?? from),
            end_of_stream: next === undefined,
          },
        }),
      },
    ],
    [
      'has next_page with a URL or null (Zendesk)',
      FROM,
      {
        from: byFrom,
        answer: ({rows, next}) => ({json: {users: rows, next_page: urlOf(next), count: 5}}),
      },
    ],
    [
      'has next_page with an object or null (Asana)',
      FROM,
      {
        from: byFrom,
        answer: ({rows, next}) => ({
          json: {
            data: rows,
            next_page: next ? {offset: `t${next}`, path: '/x', uri: urlOf(next)} : null,
          },
        }),
      },
    ],
  ])('%s', async (_api, requests, api) => {
    expect(await pageThrough({next: auto()}, serve(api))).toEqual({requests, records: items(5)});
  });
});
