// The method, headers and body of each request.
import {describe, expect, test} from '@jest/globals';
import nock from 'nock';
import {failureOf} from '../../test/failure-of.ts';
import {API, withAuth} from '../../test/http/authorized.ts';
import {bearer} from './auth/bearer.ts';
import {csv} from './decode/csv.ts';
import {cursorIn} from './paginate/cursor-in.ts';

const RETRY = {attempts: 2, base: {seconds: 0}};

type Sent = {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | null>>;
  readonly body: string;
};

/** Responds to any request with this, and records it. */
const anyRequest = (body: unknown = {}, status = 200): readonly Sent[] => {
  const sent: Sent[] = [];
  for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
    nock(API)
      .persist()
      .intercept(/.*/, method)
      .reply(status, async (request: Request) => {
        const headers = Object.fromEntries(
          ['accept', 'authorization', 'content-type', 'x-team', 'x-version'].map((name) => [
            name,
            request.headers.get(name),
          ]),
        );
        const {pathname, search} = new URL(request.url);
        sent.push({
          method: request.method,
          url: `${pathname}${search}`,
          headers,
          body: await request.text(),
        });
        return typeof body === 'string' ? body : JSON.stringify(body);
      });
  }
  return sent;
};

test('the headers of a request are added to those of the client, and replace them by name', async () => {
  const sent = anyRequest();
  await withAuth(
    {headers: {'x-version': '1', accept: 'application/vnd.api+json'}, auth: bearer('hush')},
    async (http) => {
      await http.get('/items', {headers: {'X-Team': 'blue', 'X-Version': '2'}});
      await http.get('/items');
    },
  );
  expect(sent.map(({headers}) => headers)).toEqual([
    {
      accept: 'application/vnd.api+json',
      authorization: 'Bearer hush',
      'content-type': null,
      'x-team': 'blue',
      'x-version': '2',
    },
    {
      accept: 'application/vnd.api+json',
      authorization: 'Bearer hush',
      'content-type': null,
      'x-team': null,
      'x-version': '1',
    },
  ]);
});

test('a request can set the content type of its JSON', async () => {
  const sent = anyRequest();
  const headers = {'Content-Type': 'application/vnd.api+json'};
  await withAuth({}, (http) => http.patch('/items/1', {json: {name: 'a'}, headers}));
  expect(sent).toMatchObject([
    {method: 'PATCH', headers: {'content-type': 'application/vnd.api+json'}, body: '{"name":"a"}'},
  ]);
});

describe('a search', () => {
  test.each([
    [{json: {q: 'a b'}}, 'application/json', '{"q":"a b"}'],
    [
      {form: {q: 'a b', tag: ['x', 'y'], max: 2, none: undefined}},
      'application/x-www-form-urlencoded',
      'q=a+b&tag=x&tag=y&max=2',
    ],
    [{}, null, ''],
  ])('is a POST with its body: %#', async (body, type, printed) => {
    const sent = anyRequest({found: 1});
    const {result} = await withAuth({}, (http) => http.search('/search', {...body, query: {v: 1}}));
    expect(result).toEqual({found: 1});
    expect(sent).toMatchObject([
      {method: 'POST', url: '/search?v=1', headers: {'content-type': type}, body: printed},
    ]);
  });

  test('is retried after a transient fault, since it changes nothing', async () => {
    nock(API).post('/search').reply(503);
    nock(API).post('/search', {q: 'a'}).reply(200, {found: 1});
    const {result} = await withAuth({retry: RETRY}, (http) =>
      http.search('/search', {json: {q: 'a'}}),
    );
    expect(result).toEqual({found: 1});
  });

  test('is decoded like a GET', async () => {
    anyRequest('id,name\n1,a\n');
    const {result} = await withAuth({}, (http) => http.search('/search', {decode: csv()}));
    expect(result).toEqual([{id: '1', name: 'a'}]);
  });
});

describe('a list by POST', () => {
  test('sends its form with each page, including the cursor', async () => {
    nock(API)
      .post('/list', {team: 'blue'})
      .reply(200, {rows: [{id: 1}], next: 'a'});
    nock(API)
      .post('/list', {team: 'blue', cursor: 'a'})
      .reply(200, {rows: [{id: 2}], next: ''});
    const {result} = await withAuth({}, async (http) => {
      const next = cursorIn('next', {form: 'cursor'});
      const form = {team: 'blue'};
      const pages = http.paginate('/list', {method: 'POST', form, records: 'rows', next});
      return (await Array.fromAsync(pages)).flatMap(({records}) => records);
    });
    expect(result).toEqual([{id: 1}, {id: 2}]);
  });

  test('can be a download', async () => {
    nock(API)
      .post('/export', {table: 'orders'})
      .reply(200, [{id: 1}]);
    const {result} = await withAuth({}, async (http) => {
      const pages = http.download('/export', {method: 'POST', json: {table: 'orders'}});
      return (await Array.fromAsync(pages)).flatMap(({records}) => records);
    });
    expect(result).toEqual([{id: 1}]);
  });
});

describe.each(['post', 'put', 'patch', 'delete'] as const)('%s changes something', (method) => {
  const verb = method.toUpperCase();

  test('with JSON, a form or nothing in its body', async () => {
    const sent = anyRequest({done: true});
    const {result} = await withAuth({}, async (http) => [
      await http[method]('/jobs/1', {json: {state: 'cancelled'}}),
      await http[method]('/jobs/1', {form: {state: 'cancelled'}}),
      await http[method]('/jobs/1'),
    ]);
    expect(result).toEqual([{done: true}, {done: true}, {done: true}]);
    expect(sent.map((one) => [one.method, one.body])).toEqual([
      [verb, '{"state":"cancelled"}'],
      [verb, 'state=cancelled'],
      [verb, ''],
    ]);
  });

  test('and returns null for a response without a body', async () => {
    nock(API).intercept('/jobs/1', verb).reply(204);
    nock(API).intercept('/jobs/1', verb).reply(200);
    const {result} = await withAuth({}, async (http) => [
      await http[method]('/jobs/1'),
      await http[method]('/jobs/1'),
    ]);
    expect(result).toEqual([null, null]);
  });

  test('so it is not sent again after a fault that leaves its effect unknown', async () => {
    nock(API).intercept('/jobs/1', verb).reply(503);
    nock(API).intercept('/jobs/1', verb).reply(200, {});
    expect(
      await failureOf(() => withAuth({retry: RETRY}, (http) => http[method]('/jobs/1'))),
    ).toMatch(
      new RegExp(`^TransientError: ${verb} ${API}/jobs/1 answered 503\\. It may have taken effect`),
    );
  });
});
