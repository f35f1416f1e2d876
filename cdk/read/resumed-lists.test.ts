// Lists of a slice that was cut off: `http.paginate` goes on by itself, in the list that was cut and in no other.
import {expect, test} from '@jest/globals';
import {serve} from '../../test/http/loopback.ts';
import {page, stream} from '../author/stream.ts';
import type {Stream} from '../author/stream-value.ts';
import type {Schema} from '../author/types.ts';
import {openHttpClient} from '../http/client.ts';
import {nextUrl} from '../http/paginate/next-url.ts';
import {lastStates, recordsOf, warningsOf} from '../testing/messages.ts';
import {catalogOf, runRead} from '../testing/run-read.ts';

type Item = {id: string};
const schema: Schema<Item> = {type: 'object', properties: {id: {}}};

/**
 * An API with pages of one record each, whose id is where it stands: `/a 2`. The first time that it is asked for `broken` it
 * is down.
 */
const serveLists = async (pages: Readonly<Record<string, number>>, broken: string) => {
  const asked: string[] = [];
  let isDown = true;
  const origin = await serve(({url: path = ''}, response) => {
    const url = new URL(path, 'http://api.test');
    const at = Number(url.searchParams.get('page') ?? 1);
    url.searchParams.delete('page');
    const list = `${url.pathname}${decodeURIComponent(url.search)}`;
    const id = `${list} ${at}`;
    asked.push(id);
    if (isDown && id === broken) {
      isDown = false;
      response.writeHead(500).end();
      return;
    }
    url.searchParams.set('page', String(at + 1));
    const next = at < (pages[list] ?? 0) ? `${url.pathname}${url.search}` : null;
    response.end(JSON.stringify({items: [{id}], next}));
  });
  return {origin, asked};
};

/** Runs until it is cut off, and once more from there: what each run asked for and emitted. */
const cutAndResume = async (
  make: () => Stream,
  {origin, asked}: {readonly origin: string; readonly asked: string[]},
) => {
  const run = async (state?: unknown) => {
    const {signal} = new AbortController();
    const http = openHttpClient({baseUrl: origin, retry: {attempts: 1}}, {signal, log: () => {}});
    const catalog = catalogOf(['items'], 'full_refresh');
    const {messages, complete} = await runRead({streams: [make()], catalog, state, http});
    await http.close();
    return {
      complete,
      asked: asked.splice(0),
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

test('a list goes on where it was cut off, though nobody hands it the place', async () => {
  const api = await serveLists({'/a': 4}, '/a 3');
  const {first, second} = await cutAndResume(
    () => stream({...resumable, read: ({http}) => http.paginate<Item>('/a', paging)}),
    api,
  );
  expect(first.ids).toEqual(['/a 1', '/a 2']);
  expect(second).toMatchObject({complete: true, asked: ['/a 3', '/a 4'], warnings: []});
  expect(second.ids).toEqual(['/a 3', '/a 4']);
});

test('a stream that is not resumable begins again, and its state says nothing of pages', async () => {
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
  expect(second.asked).toEqual(['/a 1', '/a 2', '/a 3', '/a 4']);
});

/** Two lists one after the other. */
const inTurn = (...paths: readonly string[]) =>
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
    // What was read of `a` is read again; nothing of `b` is passed over, and `a` does not begin with a page of `b`.
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
  'of two lists in one read, $lists, only the one that was cut off at $broken is resumed',
  async ({lists, broken, second}) => {
    const api = await serveLists(Object.fromEntries(lists.map((list) => [list, 3])), broken);
    const runs = await cutAndResume(() => inTurn(...lists), api);
    expect(runs.second).toMatchObject({complete: true, asked: second, ids: second, warnings: []});
    const all = lists.flatMap((list) => [1, 2, 3].map((at) => `${list} ${at}`));
    expect(new Set([...runs.first.ids, ...runs.second.ids])).toEqual(new Set(all));
  },
);

test('lists that a read only looks things up in begin at their first page', async () => {
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
  expect(second.asked).toEqual(['/parents 1', ...first, '/parents 2', ...rest]);
  expect(second).toMatchObject({complete: true, ids: [...first, ...rest], warnings: []});
});

test('a read that hands out pages of its own gets back the resume of the last one', async () => {
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
  const {first, second} = await cutAndResume(make, {origin: 'http://api.test', asked: []});
  expect([first.ids, second.ids]).toEqual([['own 1', 'own 2'], ['own 3']]);
  expect(resumes).toEqual([undefined, {at: 3}]);
  expect(second.warnings).toEqual([]);
});

test('pages of a list that are handed on as others go on in the list', async () => {
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
  expect(second.asked).toEqual(['/a 3', '/a 4']);
});

test('a query that differs from run to run keeps a list from being resumed, which is said', async () => {
  const api = await serveLists({'/a?now=1': 3, '/a?now=2': 3}, '/a?now=1 3');
  let now = 0;
  const {second} = await cutAndResume(() => {
    now += 1;
    return stream({
      ...resumable,
      read: ({http}) => http.paginate<Item>('/a', {...paging, query: {now}}),
    });
  }, api);
  expect(second.asked).toEqual(['/a?now=2 1', '/a?now=2 2', '/a?now=2 3']);
  expect(second.warnings).toEqual([
    'Stream items: it was read from its beginning: none of its lists begins with the request of the one that was cut off. A query that differs from run to run, such as one with the time of now, keeps a list from being resumed.',
  ]);
});
