import type {IncomingHttpHeaders, IncomingMessage, ServerResponse} from 'node:http';
import {describe, expect, test} from '@jest/globals';
import {failureOf} from '../../../test/failure-of.ts';
import {serve} from '../../../test/http/loopback.ts';
import {faultOf, fetchOnce, requestTo} from '../../../test/http/transport.ts';
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
    const {url} = await fetchOnce(requestTo(`${origin}/items`, {...SECRETS, ...HARMLESS}));
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
    await fetchOnce(requestTo(`${origin}/start`, SECRETS));
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
    ['to a new path each time', (hop: number) => `/${hop + 1}`, 'MaxRedirectsError: max redirects'],
    ['to nowhere', () => 'http://', 'TypeError: Invalid URL'],
    [
      'to a URL that is not HTTP',
      () => 'mailto:owner@api.test',
      'InvalidArgumentError: Invalid URL protocol: the URL must start with `http:` or `https:`.',
    ],
  ])('%s is an error that is not transient', async (_where, target, expected) => {
    const origin = await serve(({url = ''}, response) =>
      redirect(response, target(Number(url.slice(1)))),
    );
    const failure: unknown = await fetchOnce(requestTo(`${origin}/0`)).catch((error) => error);
    expect(await failureOf(() => Promise.reject(failure))).toBe(expected);
    expect(isTransientFault(failure)).toBe(false);
  });

  test('in a loop is an error that is not transient', async () => {
    const origin = await serve((_request, response) => redirect(response, '/'));
    expect(await faultOf(`${origin}/`)).toEqual({code: 'UND_ERR_INVALID_ARG', transient: false});
  });
});
