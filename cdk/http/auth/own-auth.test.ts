// An `Auth` of one's own that signs requests, against a server that verifies the signatures.
import {createHash, createHmac} from 'node:crypto';
import {describe, expect, test} from '@jest/globals';
import {failureOf} from '../../../test/failure-of.ts';
import {withAuth} from '../../../test/http/authorized.ts';
import {type Call, type Reply, serveLogins} from '../../../test/http/login-server.ts';
import {ConfigError} from '../../errors.ts';
import type {HttpClient} from '../client.ts';
import {nextUrl} from '../paginate/next-url.ts';
import type {Auth} from './auth.ts';

const SECRET = 'hush-hush-1';
const hex = (text: string | Uint8Array): string => createHash('sha256').update(text).digest('hex');
const hmac = (text: string): string => createHmac('sha256', SECRET).update(text).digest('hex');

/** In headers, as AWS and most vendors have it. */
const inHeaders: Auth = (send, {clock, onSecret}) => {
  onSecret(SECRET);
  return (request) =>
    send({
      ...request,
      sign: ({method, url, body}) => {
        const timestamp = String(clock.now());
        const text = [timestamp, method, url.pathname + url.search, hex(body)].join('\n');
        return {headers: {'X-Timestamp': timestamp, 'X-Signature': hmac(text)}};
      },
    });
};

/** In the query, as Binance has it: https://developers.binance.com/docs/binance-spot-api-docs/rest-api/request-security */
const inQuery: Auth =
  (send, {clock}) =>
  (request) =>
    send({
      ...request,
      sign: ({url}) => {
        const timestamp = String(clock.now());
        const text = [url.search.slice(1), `timestamp=${timestamp}`].filter(Boolean).join('&');
        return {query: {timestamp, signature: hmac(text)}};
      },
    });

/** Verifies each signature, for the bytes as they came; a timestamp may not come twice. */
const serveSigned = async (respond: (call: Call, count: number) => Reply) => {
  const seen: string[] = [];
  const accepted: string[] = [];
  const isValid = ({headers, method, body, target, query}: Call): boolean => {
    const timestamp = headers['x-timestamp'] ?? query['timestamp'] ?? '';
    const isFresh = timestamp !== '' && !seen.includes(timestamp);
    seen.push(timestamp);
    const [, signed = '', signature = ''] = /\?(.*)&signature=(\w+)$/.exec(target) ?? [];
    const text = signed || [timestamp, method, target, hex(body)].join('\n');
    return isFresh && (signature || headers['x-signature']) === hmac(text);
  };
  const {origin} = await serveLogins((call) => {
    if (!isValid(call)) return [403, {message: `The signature of ${call.target} is wrong.`}];
    accepted.push(`${call.method} ${call.path}`);
    return respond(call, accepted.length);
  });
  return {origin, accepted};
};

const both = [
  {place: 'headers', auth: inHeaders},
  {place: 'the query', auth: inQuery},
];

describe.each(both)('a signature in $place', ({auth}) => {
  const read = (
    origin: string,
    use: (http: HttpClient, wait: (ms: number) => Promise<void>) => Promise<unknown>,
  ) => withAuth({baseUrl: origin, auth}, use);

  test.each<[string, (http: HttpClient) => Promise<unknown>]>([
    ['a GET', (http) => http.get('/items')],
    ['a query', (http) => http.get('/items', {query: {q: 'ü & b+c/d', 'expand[]': ['x', 'y']}})],
    ['a link with its own notation', (http) => http.get('/items?q=a%20b&r=%7E*(x)')],
    ['a path with other characters', (http) => http.get('/items/ä b')],
    ['JSON', (http) => http.search('/items', {json: {name: 'ü', price: 1.5, ids: [1, 2]}})],
    ['a form', (http) => http.search('/items', {form: {q: 'ü b', n: [1, 2]}})],
    ['a change', (http) => http.post('/items', {json: {a: 1}})],
    ['a change without a body', (http) => http.delete('/items/1')],
  ])('is that of %s', async (_what, use) => {
    const {origin, accepted} = await serveSigned(() => [200, []]);
    expect((await read(origin, use)).result).toEqual([]);
    expect(accepted).toHaveLength(1);
  });

  test('is made again for each attempt', async () => {
    const {origin, accepted} = await serveSigned((_call, count) => [count === 1 ? 503 : 200, []]);
    expect((await read(origin, (http) => http.get('/items'))).result).toEqual([]);
    expect(accepted).toEqual(['GET /items', 'GET /items']);
  });

  test('is made after the wait for a limit', async () => {
    const {origin} = await serveSigned(() => [200, []]);
    const limits = [{requests: 1, per: {minutes: 1}}];
    const {result} = await withAuth({baseUrl: origin, auth, limits}, async (http) => [
      await http.get('/items?page=1'),
      await http.get('/items?page=2'),
    ]);
    expect(result).toEqual([[], []]);
  });

  test.each<[string, number, (http: HttpClient) => Promise<unknown>, readonly string[]]>([
    ['302', 302, (http) => http.get('/old?a=1'), ['GET /old', 'GET /new']],
    ['307', 307, (http) => http.search('/old', {json: {a: 1}}), ['POST /old', 'POST /new']],
  ])(
    'is made again for a redirect with %s, in place of the old one',
    async (_how, status, use, expected) => {
      const clock = {tick: 0};
      const {origin, accepted} = await serveSigned(({path, target}) => {
        clock.tick += 1;
        const location = target.replace('/old', '/new');
        return path === '/old' ? [status, '', {location}] : [200, []];
      });
      // The redirect comes within the same millisecond of a virtual clock.
      const ticking: Auth = (send, runtime) =>
        auth(send, {
          ...runtime,
          clock: {...runtime.clock, now: () => runtime.clock.now() + clock.tick},
        });
      expect((await withAuth({baseUrl: origin, auth: ticking}, use)).result).toEqual([]);
      expect(accepted).toEqual(expected);
    },
  );

  test('does not go along to another origin', async () => {
    const other = await serveLogins(() => [200, []]);
    const {origin} = await serveSigned(({target}) => [
      302,
      '',
      {location: `${other.origin}${target}`},
    ]);
    const allowedHosts = [new URL(other.origin).host];
    await withAuth({baseUrl: origin, auth, allowedHosts}, (http) => http.get('/items?a=1'));
    const [call] = other.calls;
    expect([call?.target, call?.headers['x-signature'], call?.headers['x-timestamp']]).toEqual([
      '/items?a=1',
      undefined,
      undefined,
    ]);
  });

  test('is that of each page, though a link repeats an old one', async () => {
    const {origin} = await serveSigned(({path, target, query}) =>
      query['page'] === '2'
        ? [200, {items: [{id: 2}], next: null}]
        : [200, {items: [{id: 1}], next: `${target}${path === target ? '?' : '&'}page=2`}],
    );
    const {result} = await withAuth({baseUrl: origin, auth}, async (http, wait) => {
      const records: object[] = [];
      const pages = http.paginate('/items', {records: 'items', next: nextUrl('next')});
      for await (const page of pages) {
        records.push(...page.records);
        await wait(5);
      }
      return records;
    });
    expect(result).toEqual([{id: 1}, {id: 2}]);
  });

  test('is not in the log, nor is the secret', async () => {
    const {origin} = await serveSigned(() => [200, []]);
    const {log} = await read(origin, (http) => http.get('/items'));
    expect(log.join('\n')).not.toMatch(/signature|hush/);
  });
});

test('an error of the function that signs is the error of the request', async () => {
  const auth: Auth = (send) => (request) =>
    send({
      ...request,
      sign: () => {
        throw new ConfigError('The key in the config is not hexadecimal.');
      },
    });
  const {origin} = await serveSigned(() => [200, []]);
  const failing = withAuth({baseUrl: origin, auth}, (http) => http.get('/items'));
  expect(await failureOf(() => failing)).toBe(
    'ConfigError: The key in the config is not hexadecimal.',
  );
});
