// An API on loopback that records its requests, for logins.
import type {OutgoingHttpHeaders} from 'node:http';
import {text} from 'node:stream/consumers';
import {serve} from './loopback.ts';

export type Call = {
  readonly method: string;
  readonly path: string;
  /** The path and the query exactly as they came. */
  readonly target: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The cookies by name. */
  readonly cookies: Readonly<Record<string, string>>;
};

export type Reply = readonly [
  status: number,
  body?: object | string | undefined,
  headers?: OutgoingHttpHeaders | undefined,
];

const cookiesIn = (header = ''): Record<string, string> =>
  Object.fromEntries(
    header
      .split('; ')
      .filter(Boolean)
      .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  );

/** Serves until the test ends. */
export const serveLogins = async (respond: (call: Call) => Reply) => {
  const calls: Call[] = [];
  const origin = await serve(async (request, response) => {
    const {pathname, searchParams} = new URL(request.url ?? '', 'http://localhost');
    const call: Call = {
      method: request.method ?? '',
      path: pathname,
      target: request.url ?? '',
      query: Object.fromEntries(searchParams),
      headers: Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
      ),
      body: await text(request),
      cookies: cookiesIn(request.headers.cookie),
    };
    calls.push(call);
    const [status, body = [], headers = {}] = respond(call);
    const type = typeof body === 'string' ? 'text/html' : 'application/json';
    response.writeHead(status, {'content-type': type, ...headers});
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  return {origin, calls, paths: () => calls.map(({method, path}) => `${method} ${path}`)};
};
