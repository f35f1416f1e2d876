// Tests that lists say where they can be resumed, and are resumed there.
import {expect, test} from '@jest/globals';
import {GET, items, param} from '../../../test/http/paging.ts';
import type {JsonObject} from '../../json/values.ts';
import {json} from '../decode/json.ts';
import {withRules} from '../response/action.ts';
import type {HttpRequest, Send} from '../types.ts';
import {cursorIn} from './cursor-in.ts';
import {offset} from './offset.ts';
import {type PaginateOptions, paginate} from './paginate.ts';
import {type ListResume, openListResume} from './resume.ts';

/** Three pages of two items, by a cursor in the query or the JSON. */
const api: Send = async (request) => {
  const body = request.json ?? request.form;
  const from = body ? Number(body['from'] ?? 0) : param(request, 'from');
  const next = from + 2 < 6 ? from + 2 : null;
  const page = JSON.stringify({items: items(2, from + 1), next, total: 6});
  return {status: 200, headers: {}, body: Buffer.from(page), url: request.url};
};

const at = (query: string): HttpRequest => ({...GET, url: new URL(`${GET.url}${query}`)});

type Found = readonly [ids: readonly number[], resume: JsonObject | undefined];

const list = async (
  resume: ListResume | undefined,
  request: HttpRequest = GET,
  options: PaginateOptions<{id: number}> = {},
) => {
  const warnings: string[] = [];
  const pages = paginate<{id: number}>(
    {
      sendAllowing: () => withRules(api),
      warn: (message) => warnings.push(message),
      decoder: json(),
      limit: 1e9,
      resume,
    },
    request,
    {records: 'items', next: cursorIn('next', 'from'), ...options},
  );
  const found: Found[] = [];
  for await (const page of pages) found.push([page.records.map(({id}) => id), page.resume]);
  return {pages: found, warnings};
};

const fresh = () => openListResume(undefined);

/** The `resume` of the page with this index. */
const resumeAfter = async (
  index: number,
  request = GET,
  options: PaginateOptions<{id: number}> = {},
) => {
  const {pages} = await list(fresh(), request, options);
  const [, resume] = pages[index] ?? [];
  return resume;
};

const idsOf = async (...args: Parameters<typeof list>) =>
  (await list(...args)).pages.map(([ids]) => ids);

const REST = [
  [3, 4],
  [5, 6],
];
const ALL = [[1, 2], ...REST];

test('a list of a resumable stream has a resume on each page but the last', async () => {
  const name = expect.stringMatching(/^[\w-]{16}$/);
  expect((await list(fresh())).pages).toEqual([
    [[1, 2], {list: name, url: 'https://api.test/items?from=2'}],
    [[3, 4], {list: name, url: 'https://api.test/items?from=4'}],
    [[5, 6], undefined],
  ]);
  expect((await list(undefined)).pages.map(([, resume]) => resume)).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test('it is resumed at the next page, without comparing its total', async () => {
  const resume = await resumeAfter(1);
  const {pages, warnings} = await list(openListResume(resume), GET, {total: 'total'});
  expect([pages, warnings]).toEqual([[[[5, 6], undefined]], []]);
});

test('it is resumed in the JSON of a POST', async () => {
  const post: HttpRequest = {...GET, method: 'POST', json: {query: 'all'}};
  const options = {next: cursorIn('next', {json: 'from'})};
  const resume = await resumeAfter(0, post, options);
  expect(resume).toMatchObject({url: 'https://api.test/items', json: {query: 'all', from: 2}});
  expect(await idsOf(openListResume(resume), post, options)).toEqual(REST);
});

test('it is resumed in the form of a POST', async () => {
  const form = {query: 'all', tag: ['a', 'b']};
  const post: HttpRequest = {...GET, method: 'POST', form};
  const options = {next: cursorIn('next', {form: 'from'})};
  const resume = await resumeAfter(0, post, options);
  expect(resume).toMatchObject({url: 'https://api.test/items', form: {...form, from: 2}});
  expect(await idsOf(openListResume(resume), post, options)).toEqual(REST);
});

test('it is resumed at an offset without requesting its first page', async () => {
  const options = {next: offset({size: 2, offset: 'from', total: 'total'})};
  const resume = await resumeAfter(0, GET, options);
  expect(resume).toMatchObject({url: 'https://api.test/items?from=2&limit=2'});
  expect(await idsOf(openListResume(resume), GET, options)).toEqual(REST);
});

test.each<[string, HttpRequest]>([
  ['another query', at('?state=closed')],
  ['another path', {...GET, url: new URL('https://api.test/events')}],
  ['another host', {...GET, url: new URL('https://other.test/items')}],
  ['a body', {...GET, method: 'POST', json: {state: 'closed'}}],
  ['a form', {...GET, method: 'POST', form: {state: 'closed'}}],
])(
  'a list with %s begins at its first page, and does not use the resume of another list',
  async (_what, other) => {
    const resume = openListResume(await resumeAfter(0));
    const inBody = other.json ? {json: 'from'} : {form: 'from'};
    const options = {next: cursorIn('next', other.method === 'POST' ? inBody : 'from')};
    expect(await idsOf(resume, other, options)).toEqual(ALL);
    expect(resume.isLeft()).toBe(true);
    expect(await idsOf(resume)).toEqual(REST);
    expect(resume.isLeft()).toBe(false);
  },
);

test('of two lists with the same first request only the first is resumed', async () => {
  const resume = openListResume(await resumeAfter(0));
  expect(await idsOf(resume)).toEqual(REST);
  expect(await idsOf(resume)).toEqual(ALL);
});

test('a resume that no list has written is not used, and not reported as left', async () => {
  const resume = openListResume({page: 7});
  expect(await idsOf(resume)).toEqual(ALL);
  expect(resume.isLeft()).toBe(false);
});

test('a page has no resume if its URL may contain a credential, because states are not masked', async () => {
  const {pages} = await list(fresh(), at('?access_token=hush'));
  expect(pages.map(([, resume]) => resume)).toEqual([undefined, undefined, undefined]);
});

test.each([[undefined], [7], ['nowhere']])(
  'a list with a resume whose URL is %j fails',
  async (url) => {
    const resume = openListResume({...(await resumeAfter(0)), url});
    await expect(list(resume)).rejects.toThrow(
      "GET https://api.test/items: the list can't be resumed, because its `resume` has no URL. Reset the stream's state to read it from the beginning.",
    );
  },
);
