// Lists that say where they can be gone on from, and go on there.
import {expect, test} from '@jest/globals';
import {GET, items, param} from '../../../test/http/paging.ts';
import type {JsonObject} from '../../json/values.ts';
import {json} from '../decode/json.ts';
import {withRules} from '../response/action.ts';
import type {HttpRequest, Send} from '../types.ts';
import {cursorIn} from './cursor-in.ts';
import {offset} from './offset.ts';
import {type PaginateOptions, paginate} from './paginate.ts';

/** Three pages of two items, by a cursor in the query or the JSON. */
const api: Send = async (request) => {
  const from = request.json ? Number(request.json['from'] ?? 0) : param(request, 'from');
  const next = from + 2 < 6 ? from + 2 : null;
  const body = Buffer.from(JSON.stringify({items: items(2, from + 1), next, total: 6}));
  return {status: 200, headers: {}, body, url: request.url};
};

const list = async (options: PaginateOptions, request: HttpRequest = GET) => {
  const warnings: string[] = [];
  const pages = paginate<{id: number}>(
    {
      answered: () => withRules(api),
      warn: (message) => warnings.push(message),
      onPage: () => {},
      decoder: json(),
      limit: 1e9,
    },
    request,
    {records: 'items', next: cursorIn('next', 'from'), ...options},
  );
  const found: [readonly number[], JsonObject | undefined][] = [];
  for await (const {records, resume} of pages) found.push([records.map(({id}) => id), resume]);
  return {pages: found, warnings};
};

test('a list says behind each page but the last where it can be gone on from, if it is asked', async () => {
  expect((await list({resume: undefined})).pages).toEqual([
    [[1, 2], {url: 'https://api.test/items?from=2'}],
    [[3, 4], {url: 'https://api.test/items?from=4'}],
    [[5, 6], undefined],
  ]);
  expect((await list({})).pages.map(([, resume]) => resume)).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test('it goes on there, and does not miss what came before in its total', async () => {
  const {pages, warnings} = await list({
    resume: {url: 'https://api.test/items?from=4'},
    total: 'total',
  });
  expect([pages, warnings]).toEqual([[[[5, 6], undefined]], []]);
});

test('it goes on in the JSON of a POST', async () => {
  const post: HttpRequest = {...GET, method: 'POST', json: {query: 'all'}};
  const next = cursorIn('next', {json: 'from'});
  const {pages} = await list({next, resume: undefined}, post);
  const [, resume] = pages[0] ?? [];
  expect(resume).toEqual({url: 'https://api.test/items', json: {query: 'all', from: 2}});
  expect((await list({next, resume}, post)).pages.map(([ids]) => ids)).toEqual([
    [3, 4],
    [5, 6],
  ]);
});

test('it goes on by an offset without asking for its beginning', async () => {
  const next = offset({size: 2, offset: 'from', total: 'total'});
  const {pages} = await list({next, resume: {url: 'https://api.test/items?from=2&limit=2'}});
  expect(pages.map(([ids]) => ids)).toEqual([
    [3, 4],
    [5, 6],
  ]);
});

test('nothing is said where the URL may hold a credential: states are not masked', async () => {
  const request = {...GET, url: new URL('https://api.test/items?access_token=hush')};
  const {pages} = await list({resume: undefined}, request);
  expect(pages.map(([, resume]) => resume)).toEqual([undefined, undefined, undefined]);
});

test.each([[{}], [{url: 7}], [{url: 'nowhere'}]])(
  '%j is no place to go on from',
  async (resume) => {
    await expect(list({resume})).rejects.toThrow(
      "GET https://api.test/items: the list can't go on where it was cut off, as `resume` holds no URL. Hand it on as the page had it.",
    );
  },
);
