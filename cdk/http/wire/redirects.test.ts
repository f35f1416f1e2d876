import type {IncomingHttpHeaders, IncomingMessage, ServerResponse} from 'node:http';
import {describe, expect, test} from '@jest/globals';
import {failureOf} from '../../../test/failure-of.ts';
import {withAuth} from '../../../test/http/authorized.ts';
import {serve} from '../../../test/http/loopback.ts';
import {fetchOnce, fetchWith, requestTo} from '../../../test/http/transport.ts';
import type {HttpClient} from '../client.ts';
import {isTransientFault} from '../response/faults.ts';

const redirect = (response: ServerResponse, location: string, status = 302) =>
  response.writeHead(status, {location}).end();

describe('a redirect', () => {
  const SECRETS = {
    authorization: 'Bearer hush',
    cookie: 'session=hush',
    'x-api-key': 'hush',
  };
  const HARMLESS = {accept: 'application/json', 'user-agent': 'headwater'};

  /** Records the requests to a server. */
  const recorder = () => {
    const received: IncomingHttpHeaders[] = [];
    const record = ({headers}: IncomingMessage, response: ServerResponse) => {
      received.push(headers);
      response.end('[]');
    };
    return {received, record};
  };

  test('is followed, and the response has its final URL', async () => {
    const origin = await serve(({url}, response) => {
      if (url === '/old?page=2') redirect(response, '/new?page=2', 301);
      else response.end('[]');
    });
    const {status, url} = await fetchOnce(requestTo(`${origin}/old?page=2`));
    expect([status, url.href]).toEqual([200, `${origin}/new?page=2`]);
  });

  test('within an origin keeps the credentials', async () => {
    const {received, record} = recorder();
    const origin = await serve((message, response) => {
      if (message.url === '/old') redirect(response, '/new', 307);
      else record(message, response);
    });
    await fetchOnce(requestTo(`${origin}/old`, {...SECRETS, ...HARMLESS}));
    expect(received).toEqual([
      {
        ...SECRETS,
        ...HARMLESS,
        'accept-encoding': 'gzip, deflate, br, zstd',
        host: origin.slice('http://'.length),
        connection: 'keep-alive',
      },
    ]);
  });

  test('to another origin drops the credentials, in whatever header they are', async () => {
    const {received, record} = recorder();
    const elsewhere = await serve(record);
    const origin = await serve((_request, response) => redirect(response, `${elsewhere}/items`));
    const {url} = await fetchWith(
      {allowedHosts: ['127.0.0.1']},
      requestTo(`${origin}/items`, {...SECRETS, ...HARMLESS}),
    );
    expect(url.href).toBe(`${elsewhere}/items`);
    expect(received).toEqual([
      {
        ...HARMLESS,
        'accept-encoding': 'gzip, deflate, br, zstd',
        host: elsewhere.slice('http://'.length),
        connection: 'keep-alive',
      },
    ]);
  });

  test('that returns from another origin does not restore the credentials', async () => {
    const {received, record} = recorder();
    const hop: {origin?: string} = {};
    const origin = await serve((message, response) => {
      if (message.url === '/start') redirect(response, `${hop.origin}/`);
      else record(message, response);
    });
    hop.origin = await serve((_request, response) => redirect(response, `${origin}/end`));
    await fetchWith({allowedHosts: ['127.0.0.1']}, requestTo(`${origin}/start`, SECRETS));
    expect(
      received.map(({authorization, cookie, ...rest}) => [
        authorization,
        cookie,
        rest['x-api-key'],
      ]),
    ).toEqual([[undefined, undefined, undefined]]);
  });

  test('is followed up to five times', async () => {
    const origin = await serve(({url = ''}, response) => {
      const hop = Number(url.slice(1));
      if (hop < 5) redirect(response, `/${hop + 1}`);
      else response.end('[]');
    });
    const {url} = await fetchOnce(requestTo(`${origin}/0`));
    expect(url.href).toBe(`${origin}/5`);
  });

  test.each([
    [
      'to a new path each time',
      (hop: number) => `/${hop + 1}`,
      "was redirected more than 5 times, the last time to api/6. Check the URL in the config; if it is right, report this to the API's owner.",
    ],
    [
      'in a circle',
      (hop: number) => `/${(hop + 1) % 2}`,
      "was redirected in a circle, the last time to api/0. Check the URL in the config; if it is right, report this to the API's owner.",
    ],
    [
      'to nowhere',
      () => 'http://',
      'was redirected to "http://", which is not the URL of an API. Report this to the API\'s owner.',
    ],
    [
      'to a URL that is not HTTP',
      () => 'mailto:owner@api.test',
      'was redirected to "mailto:owner@api.test", which is not the URL of an API. Report this to the API\'s owner.',
    ],
    [
      'to a file',
      () => 'file:///etc/passwd',
      'was redirected to "file:///etc/passwd", which is not the URL of an API. Report this to the API\'s owner.',
    ],
  ])('%s is an error that is not transient', async (_where, target, expected) => {
    const origin = await serve(({url = ''}, response) =>
      redirect(response, target(Number(url.slice(1)))),
    );
    const failure: unknown = await fetchOnce(requestTo(`${origin}/0`)).catch((error) => error);
    expect(String(failure).replaceAll(origin, 'api')).toBe(`SystemError: GET api/0 ${expected}`);
    expect(isTransientFault(failure)).toBe(false);
  });

  test('without a location is the response', async () => {
    const origin = await serve((_request, response) => response.writeHead(302).end('Moved.'));
    const {status, body} = await fetchOnce(requestTo(origin));
    expect([status, body.toString()]).toEqual([302, 'Moved.']);
  });

  type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  const sendTo = async (method: Method, status: number) => {
    const received: string[] = [];
    const origin = await serve((message, response) => {
      message.on('data', (body) => received.push(`${body}`));
      message.on('end', () => {
        received.push(`${message.method} ${message.url}`);
        if (message.url === '/old') redirect(response, '/new', status);
        else response.end('[]');
      });
    });
    const body = method === 'GET' ? {} : {json: {page: 1}};
    const response = await fetchOnce({...requestTo(`${origin}/old`), method, ...body});
    return {status: response.status, received};
  };

  test.each<[Method, number]>([
    ['POST', 307],
    ['POST', 308],
    ['PUT', 301],
    ['PUT', 302],
    ['PATCH', 301],
    ['DELETE', 302],
  ])('of a %s by %d keeps its method and its body', async (method, status) => {
    const body = '{"page":1}';
    expect(await sendTo(method, status)).toEqual({
      status: 200,
      received: [body, `${method} /old`, body, `${method} /new`],
    });
  });

  test.each<Method>(['POST', 'PUT', 'GET'])(
    'of a %s by 303 is a GET for its result',
    async (method) => {
      const {status, received} = await sendTo(method, 303);
      expect([status, received.at(-1)]).toEqual([200, 'GET /new']);
    },
  );

  test.each([301, 302])(
    'of a POST by %d is the response, because the body would be lost',
    async (status) => {
      expect(await sendTo('POST', status)).toEqual({
        status,
        received: ['{"page":1}', 'POST /old'],
      });
    },
  );

  test.each([
    ['search', (http: HttpClient) => http.search('/old', {json: {q: 'x'}})],
    ['post', (http: HttpClient) => http.post('/old', {json: {q: 'x'}})],
    ['graphql', (http: HttpClient) => http.graphql('{me}')],
    [
      'paginate',
      (http: HttpClient) =>
        Array.fromAsync(http.paginate('/old', {method: 'POST', json: {q: 'x'}})),
    ],
  ])('of a POST by 301 says where it leads: %s', async (_kind, call) => {
    const origin = await serve((_message, response) => redirect(response, '/new?key=1', 301));
    const failure = await failureOf(() => withAuth({baseUrl: origin, graphqlPath: '/old'}, call));
    expect(failure).toBe(
      `SystemError: POST ${origin}/old answered 301. It redirects to ${origin}/new. That was not followed, because a POST would become a GET without its body there: use that URL, in the config or the source.`,
    );
  });

  test('of a POST by 302 may be used by a rule', async () => {
    const origin = await serve((_message, response) => {
      response.writeHead(302, {location: '/new'}).end('{"job": 7}');
    });
    const {result} = await withAuth(
      {baseUrl: origin, rules: [{status: 302, action: 'success'}]},
      (http) => http.post('/old', {json: {}}),
    );
    expect(result).toEqual({job: 7});
  });
});
