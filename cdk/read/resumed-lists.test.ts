// Interrupted lists: `http.paginate` resumes only the list that was interrupted.
import {expect, test} from '@jest/globals';
import {serve} from '../../test/http/loopback.ts';
import {page, stream} from '../author/stream.ts';
import type {Stream} from '../author/stream-types.ts';
import type {Schema} from '../author/types.ts';
import {openHttpClient} from '../http/client.ts';
import {nextUrl} from '../http/paginate/next-url.ts';
import {lastStates, recordsOf, warningsOf} from '../testing/messages.ts';
import {catalogOf, runRead} from '../testing/run-read.ts';

type Item = {id: string};
const schema: Schema<Item> = {type: 'object', properties: {id: {}}};

/** An API with pages of one record each, whose id is its list and page: `/a 2`. The first request for `broken` fails. */
const serveLists = async (pages: Readonly<Record<string, number>>, broken: string) => {
  const requested: string[] = [];
  let isDown = true;
  const origin = await serve(({url: path = ''}, response) => {
    const url = new URL(path, 'http://api.test');
    const at = Number(url.searchParams.get('page') ?? 1);
    url.searchParams.delete('page');
    const list = `${url.pathname}${decodeURIComponent(url.search)}`;
    const id = `${list} ${at}`;
    requested.push(id);
    if (isDown && id === broken) {
      isDown = false;
      response.writeHead(500).end();
      return;
    }
    url.searchParams.set('page', String(at + 1));
    const next = at < (pages[list] ?? 0) ? `${url.pathname}${url.search}` : null;
    response.end(JSON.stringify({items: [{id}], next}));
  });
  return {origin, requested};
};

/** Runs until the list is interrupted, and once more with its state. Returns the requests and records of both runs. */
const cutAndResume = async (
  make: () => Stream,
  {origin, requested}: {readonly origin: string; readonly requested: string[]},
) => {
  const run = async (state?: unknown) => {
    const {signal} = new AbortController();
    const http = openHttpClient({baseUrl: origin, retry: {attempts: 1}}, {signal, log: () => {}});
    const catalog = catalogOf(['items'], 'full_refresh');
    const {messages, complete} = await runRead({streams: [make()], catalog, state, http});
    await http.close();
    return {
      complete,
      requested: requested.splice(0),
      ids: recordsOf(messages, 'items').map((record) => Object(record).id),
      warnings: warningsOf(messages),
      state: lastStates(messages).map((one) => ({...one})),
    };
  };
  const first = await run();
  expect(first.complete).toBe(false);
  return {first, second: await run(first.state)};
};

const paging = {records: 'items', next: nextUrl('next'), prefetch: false} as const;
const resumable = {
  name: 'items',
  schema,
  resumable: {hours: 1},
  checkpointInterval: {seconds: 0},
} as const;

test('a list resumes at the next page without code in the source', async () => {
  const api = await serveLists({'/a': 4}, '/a 3');
  const {first, second} = await cutAndResume(
    () => stream({...resumable, read: ({http}) => http.paginate<Item>('/a', paging)}),
    api,
  );
  expect(first.ids).toEqual(['/a 1', '/a 2']);
  expect(second).toMatchObject({complete: true, requested: ['/a 3', '/a 4'], warnings: []});
  expect(second.ids).toEqual(['/a 3', '/a 4']);
});

test('a stream that is not resumable starts over, and its state has no page', async () => {
  const api = await serveLists({'/a': 4}, '/a 3');
  const {first, second} = await cutAndResume(
    () =>
      stream({
        name: 'items',
        schema,
        checkpointInterval: {seconds: 0},
        read: ({http}) => http.paginate<Item>('/a', paging),
      }),
    api,
  );
  expect(JSON.stringify(first.state)).not.toContain('page=');
  expect(second.requested).toEqual(['/a 1', '/a 2', '/a 3', '/a 4']);
});

const oneAfterAnother = (...paths: readonly string[]) =>
  stream({
    ...resumable,
    async *read({http}) {
      for (const path of paths) yield* http.paginate<Item>(path, paging);
    },
  });

test.each([
  {
    lists: ['/a', '/b'],
    broken: '/a 2',
    second: ['/a 2', '/a 3', '/b 1', '/b 2', '/b 3'],
  },
  {
    // `a` is read again, no page of `b` is skipped, and `a` does not begin with a page of `b`.
    lists: ['/a', '/b'],
    broken: '/b 3',
    second: ['/a 1', '/a 2', '/a 3', '/b 3'],
  },
  {
    lists: ['/a?state=open', '/a?state=closed'],
    broken: '/a?state=closed 2',
    second: [
      '/a?state=open 1',
      '/a?state=open 2',
      '/a?state=open 3',
      '/a?state=closed 2',
      '/a?state=closed 3',
    ],
  },
  {
    lists: ['/a?state=open', '/a?state=closed'],
    broken: '/a?state=open 3',
    second: ['/a?state=open 3', '/a?state=closed 1', '/a?state=closed 2', '/a?state=closed 3'],
  },
])(
  'of two lists in one read, $lists, only the one that was interrupted at $broken is resumed',
  async ({lists, broken, second}) => {
    const api = await serveLists(Object.fromEntries(lists.map((list) => [list, 3])), broken);
    const runs = await cutAndResume(() => oneAfterAnother(...lists), api);
    expect(runs.second).toMatchObject({
      complete: true,
      requested: second,
      ids: second,
      warnings: [],
    });
    const all = lists.flatMap((list) => [1, 2, 3].map((at) => `${list} ${at}`));
    expect(new Set([...runs.first.ids, ...runs.second.ids])).toEqual(new Set(all));
  },
);

test('lists whose pages are not emitted start at their first page', async () => {
  const api = await serveLists(
    {'/parents': 2, '/notes?of=1': 2, '/notes?of=2': 3},
    '/notes?of=2 2',
  );
  const {second} = await cutAndResume(
    () =>
      stream({
        ...resumable,
        async *read({http}) {
          for await (const {records} of http.paginate<Item>('/parents', paging)) {
            for (const {id} of records) {
              yield* http.paginate<Item>('/notes', {...paging, query: {of: id.slice(-1)}});
            }
          }
        },
      }),
    api,
  );
  const first = ['/notes?of=1 1', '/notes?of=1 2'];
  const rest = ['/notes?of=2 2', '/notes?of=2 3'];
  expect(second.requested).toEqual(['/parents 1', ...first, '/parents 2', ...rest]);
  expect(second).toMatchObject({complete: true, ids: [...first, ...rest], warnings: []});
});

test('a read with its own pages gets the resume token of the last one', async () => {
  const resumes: unknown[] = [];
  let isDown = true;
  const make = () =>
    stream({
      ...resumable,
      async *read({resume}) {
        resumes.push(resume);
        for (let at = Number(resume?.['at'] ?? 1); at <= 3; at += 1) {
          if (at === 3 && isDown) {
            isDown = false;
            throw new Error('It is down.');
          }
          yield page([{id: `own ${at}`}], {resume: {at: at + 1}});
        }
      },
    });
  const {first, second} = await cutAndResume(make, {origin: 'http://api.test', requested: []});
  expect([first.ids, second.ids]).toEqual([['own 1', 'own 2'], ['own 3']]);
  expect(resumes).toEqual([undefined, {at: 3}]);
  expect(second.warnings).toEqual([]);
});

test('copied pages of a list resume it, too', async () => {
  const api = await serveLists({'/a': 4}, '/a 3');
  const {second} = await cutAndResume(
    () =>
      stream({
        ...resumable,
        async *read({http}) {
          for await (const {records, resume} of http.paginate<Item>('/a', paging)) {
            yield page(records, resume && {resume});
          }
        },
      }),
    api,
  );
  expect(second.requested).toEqual(['/a 3', '/a 4']);
});

test('a list whose query differs from run to run is not resumed, with a WARN', async () => {
  const api = await serveLists({'/a?now=1': 3, '/a?now=2': 3}, '/a?now=1 3');
  let now = 0;
  const {second} = await cutAndResume(() => {
    now += 1;
    return stream({
      ...resumable,
      read: ({http}) => http.paginate<Item>('/a', {...paging, query: {now}}),
    });
  }, api);
  expect(second.requested).toEqual(['/a?now=2 1', '/a?now=2 2', '/a?now=2 3']);
  expect(second.warnings).toEqual([
    'Stream items: it was read from its beginning, because no list in it starts with the request that the interrupted list started with. To resume it, keep values that differ from run to run, such as the current time, out of the query.',
  ]);
});
