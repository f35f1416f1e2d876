import {Agent, type Dispatcher, interceptors, request as send} from 'undici';
import type {HttpRequest, HttpResponse, Send} from './message.ts';

/** How long each part of a request may take, in milliseconds. */
export type Timeouts = {
  /** Until the connection stands, TLS included. */
  readonly connect: number;
  /** Until the answer's headers are there, once the request was sent. */
  readonly headers: number;
  /** Between two parts of the body. */
  readonly idle: number;
  /** From the start to the last byte, redirects included. */
  readonly total: number;
};

export const DEFAULT_TIMEOUTS: Timeouts = {
  connect: 10_000,
  headers: 60_000,
  idle: 60_000,
  total: 300_000,
};

const MAX_REDIRECTS = 5;

const flatten = (headers: Dispatcher.ResponseData['headers']): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );

/** undici's `context`, when the redirect interceptor filled it: every URL it went to. */
const lastUrl = (context: object, fallback: URL): URL =>
  'history' in context && Array.isArray(context.history) && context.history.at(-1) instanceof URL
    ? context.history.at(-1)
    : fallback;

/** The wire itself. Redirects are followed; undici drops the credentials when one leads to another origin. */
export const openTransport = (
  timeouts: Timeouts,
  signal: AbortSignal,
): {readonly send: Send; readonly close: () => Promise<void>} => {
  const agent = new Agent({
    connect: {timeout: timeouts.connect},
    headersTimeout: timeouts.headers,
    bodyTimeout: timeouts.idle,
  });
  const dispatcher = agent.compose(
    interceptors.redirect({maxRedirections: MAX_REDIRECTS}),
    interceptors.decompress({skipErrorResponses: false}),
  );
  return {
    send: async ({method, url, headers}: HttpRequest): Promise<HttpResponse> => {
      const response = await send(url, {
        dispatcher,
        method,
        headers: {'accept-encoding': 'gzip, deflate, br, zstd', ...headers},
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeouts.total)]),
      });
      return {
        status: response.statusCode,
        headers: flatten(response.headers),
        body: Buffer.from(await response.body.arrayBuffer()),
        url: lastUrl(response.context, url),
      };
    },
    // destroy, not close: a run that ends must not wait for a keep-alive or a half-read answer.
    close: () => agent.destroy(),
  };
};
