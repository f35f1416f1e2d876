// Links and redirects of an API, and the credentials that go with them.
import type {ServerResponse} from 'node:http';
import {describe, expect, test} from '@jest/globals';
import nock from 'nock';
import {failureOf} from '../../test/failure-of.ts';
import {withAuth} from '../../test/http/authorized.ts';
import {serve} from '../../test/http/loopback.ts';
import {bearer} from './auth/bearer.ts';
import type {HttpClient} from './client.ts';
import {auto} from './paginate/auto.ts';
import {linkHeader} from './paginate/link-header.ts';
import {nextUrl} from './paginate/next-url.ts';
import {atOwnScheme} from './wire/crossing.ts';

const auth = bearer('hush');

describe('a link to another scheme of the same host', () => {
  test.each([
    // An API after a proxy that ends TLS.
    ['https://api.test', 'http://api.test/items?page=2', 'https://api.test/items?page=2'],
    ['https://api.test', 'HTTP://API.TEST/items', 'https://api.test/items'],
    ['https://api.test', 'http://api.test:80/items', 'https://api.test/items'],
    // X-Forwarded-Port without X-Forwarded-Proto.
    ['https://api.test', 'http://api.test:443/items', 'https://api.test/items'],
    ['https://api.test:8443', 'http://api.test:8443/items', 'https://api.test:8443/items'],
    // nginx' $host has no port.
    ['https://api.test:8443', 'http://api.test/items', 'https://api.test:8443/items'],
    ['https://[::1]:8443', 'http://[::1]:8443/items', 'https://[::1]:8443/items'],
    ['http://api.test', 'https://api.test/items', 'http://api.test/items'],
    ['http://api.test:8080', 'https://api.test:8080/items', 'http://api.test:8080/items'],
    ['https://api.test/v2', 'http://user:hush@api.test/v2/items#top', 'https://api.test/v2/items'],
    // Others are what they are.
    ['https://api.test', 'http://api.test:8080/items', 'http://api.test:8080/items'],
    ['https://api.test', 'https://api.test:8443/items', 'https://api.test:8443/items'],
    ['https://api.test', 'http://www.api.test/items', 'http://www.api.test/items'],
    ['https://api.test', 'https://api.test/items#top', 'https://api.test/items#top'],
  ])('for base %s: %s means %s', (base, link, expected) => {
    expect(atOwnScheme(new URL(link), new URL(base)).href).toBe(expected);
  });

  const LINK = 'http://api.test/items?page=2';
  const page = (link: string) => ({items: [{id: 1}], next: link});
  type Options = Parameters<HttpClient['paginate']>[1];

  test.each<[string, Options]>([
    ['the Link header', {records: 'items', next: linkHeader()}],
    ['a field', {records: 'items', next: nextUrl('next')}],
    ['a link that is found by itself', {records: 'items', next: auto()}],
    [
      "the author's own function",
      {
        records: 'items',
        next: ({index}) => (index === 0 ? {url: new URL(LINK)} : undefined),
      },
    ],
  ])('is followed at the base with credentials: %s', async (_kind, options) => {
    const api = nock('https://api.test', {reqheaders: {authorization: 'Bearer hush'}});
    api.get('/items').reply(200, page(LINK), {link: `<${LINK}>; rel="next"`});
    api
      .get('/items?page=2')
      .reply(200, {items: [{id: 2}], next: null}, {link: '<http://api.test/items>; rel="first"'});
    const {result} = await withAuth({auth}, (http) =>
      Array.fromAsync(http.paginate('/items', options), ({records}) => records),
    );
    expect(result).toEqual([[{id: 1}], [{id: 2}]]);
  });

  test('is followed in a POST, with its body', async () => {
    const api = nock('https://api.test', {reqheaders: {authorization: 'Bearer hush'}});
    api.post('/items', {q: 'x'}).reply(200, page(LINK));
    api.post('/items?page=2', {q: 'x'}).reply(200, {items: []});
    const {result} = await withAuth({auth}, (http) =>
      Array.fromAsync(
        http.paginate('/items', {
          method: 'POST',
          json: {q: 'x'},
          records: 'items',
          next: nextUrl('next'),
        }),
        ({records}) => records.length,
      ),
    );
    expect(result).toEqual([1, 0]);
  });

  test('that the author requests is requested at the base with credentials', async () => {
    nock('https://api.test', {reqheaders: {authorization: 'Bearer hush'}})
      .get('/exports/1?part=2')
      .reply(200, {id: 1});
    const {result} = await withAuth({auth}, (http) =>
      http.get('http://api.test/exports/1', {query: {part: 2}}),
    );
    expect(result).toEqual({id: 1});
  });

  test.each([301, 302, 303, 307, 308])('is followed in a redirect by %d', async (status) => {
    const api = nock('https://api.test', {reqheaders: {authorization: 'Bearer hush'}});
    api.get('/items').reply(status, '', {location: 'http://api.test/items/?a=1'});
    api.get('/items/?a=1').reply(200, [{id: 1}], {link: '<?page=2>; rel="next"'});
    api.get('/items/?page=2').reply(200, [{id: 2}], {link: '<?page=1>; rel="prev"'});
    const {result} = await withAuth({auth}, (http) =>
      Array.fromAsync(http.paginate('/items', {next: linkHeader()}), ({records}) => records),
    );
    expect(result).toEqual([[{id: 1}], [{id: 2}]]);
  });

  test('that leads back to itself is an error', async () => {
    nock('https://api.test')
      .get('/items')
      .times(10)
      .reply(302, '', {location: 'http://api.test/items'});
    expect(await failureOf(() => withAuth({auth}, (http) => http.get('/items')))).toBe(
      "SystemError: GET https://api.test/items was redirected in a circle, the last time to https://api.test/items. Check the URL in the config; if it is right, report this to the API's owner.",
    );
  });

  test('from http to https is not followed without credentials, since less might be there', async () => {
    nock('http://api.test').get('/items').reply(301, '', {location: 'https://api.test/items'});
    const failure = await failureOf(() =>
      withAuth({auth, baseUrl: 'http://api.test'}, (http) => http.get('/items')),
    );
    expect(failure).toBe(
      'ConfigError: GET http://api.test/items was redirected to https://api.test, another origin, where it would have no credentials. Nothing was sent there, because credentials are for http://api.test only. If the API has moved, set its new URL in the config.',
    );
  });

  test('from http to https is followed if the source has no credentials', async () => {
    nock('http://api.test').get('/items').reply(301, '', {location: 'https://api.test/items'});
    nock('https://api.test').get('/items').reply(200, {id: 1});
    const {result} = await withAuth({baseUrl: 'http://api.test'}, (http) => http.get('/items'));
    expect(result).toEqual({id: 1});
  });
});

describe('a link to another host', () => {
  const refuse = (status: number) =>
    serve(({headers}, response: ServerResponse) => {
      response.writeHead(status, {'content-type': 'application/json'});
      response.end(JSON.stringify({message: `Got ${headers.authorization ?? 'nothing'}.`}));
    });

  test.each([
    [401, 'Got nothing'],
    [403, 'Got nothing'],
    // GitHub, for example, responds with 404 to those who may not know.
    [404, 'Got nothing'],
  ])('that is refused with %d says that no credentials were sent', async (status, message) => {
    const other = await refuse(status);
    const failure = await failureOf(() =>
      withAuth({auth, allowedHosts: ['127.0.0.1'], retry: {attempts: 1}}, (http) =>
        http.get(`${other}/items`),
      ),
    );
    expect(failure).toBe(
      `ConfigError: GET ${other}/items answered ${status}: ${message}. No credentials were sent to ${other}, because they are for https://api.test only. If that is the address of the API, set it in the config; if the source should send them there too, list it in \`authOrigins\`.`,
    );
  });

  test('gets the credentials if the source lists it', async () => {
    const other = await refuse(200);
    const {result} = await withAuth({auth, authOrigins: [other]}, (http) =>
      http.get(`${other}/items`),
    );
    expect(result).toEqual({message: 'Got Bearer hush.'});
  });

  test('that is listed takes the body along, and is allowed', async () => {
    const bodies: string[] = [];
    const other = await serve((message, response) => {
      message.on('data', (body) => bodies.push(`${message.headers.authorization} ${body}`));
      message.on('end', () => response.end('{"items": []}'));
    });
    const base = await serve((_message, response) =>
      response.end(JSON.stringify({items: [{id: 1}], next: `${other}/items`})),
    );
    const options = {auth, baseUrl: base, authOrigins: [other], allowedHosts: []};
    await withAuth(options, (http) =>
      Array.fromAsync(
        http.paginate('/items', {
          method: 'POST',
          json: {q: 'x'},
          records: 'items',
          next: nextUrl('next'),
        }),
      ),
    );
    expect(bodies).toEqual(['Bearer hush {"q":"x"}']);
  });

  test.each(['files.example.com', 'ftp://files.example.com', ''])(
    'must be listed as an origin, not as "%s"',
    async (origin) => {
      expect(
        await failureOf(() => withAuth({auth, authOrigins: [origin]}, (http) => http.get('/'))),
      ).toContain(`ConfigError: "${origin}" is not the URL of an API`);
    },
  );

  test('that is refused without any auth in the source has the usual advice', async () => {
    const other = await refuse(403);
    const failure = await failureOf(() =>
      withAuth({allowedHosts: ['127.0.0.1']}, (http) => http.get(`${other}/items`)),
    );
    expect(failure).toContain('answered 403: Got nothing. The credentials are valid but');
  });
});
