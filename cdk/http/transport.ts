import type {Dispatcher} from 'undici';
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

/** What a redirect to another origin may take along. Whatever else a request carries might be a credential. */
const HARMLESS = new Set(['accept', 'accept-encoding', 'accept-language', 'user-agent']);

const redirection = (headers: HttpRequest['headers']) => ({
  maxRedirections: MAX_REDIRECTS,
  throwOnMaxRedirect: true,
  stripHeadersOnCrossOriginRedirect: Object.keys(headers).filter((name) => !HARMLESS.has(name)),
});

/** undici takes 30 MB and a tenth of a second to load: a source that sends nothing never does. */
const openAgent = async ({connect, headers, idle}: Timeouts) => {
  const {Agent, interceptors, request} = await import('undici');
  return {
    agent: new Agent({connect: {timeout: connect}, headersTimeout: headers, bodyTimeout: idle}),
    interceptors,
    request,
  };
};

/** The wire itself. Redirects are followed; one that leads to another origin takes no credentials along. */
export const openTransport = (
  timeouts: Timeouts,
  signal: AbortSignal,
): {readonly send: Send; readonly close: () => Promise<void>} => {
  let opened: ReturnType<typeof openAgent> | undefined;
  return {
    send: async ({method, url, headers}: HttpRequest): Promise<HttpResponse> => {
      opened ??= openAgent(timeouts);
      const {agent, interceptors, request} = await opened;
      const response = await request(url, {
        dispatcher: agent.compose(
          interceptors.redirect(redirection(headers)),
          interceptors.decompress({skipErrorResponses: false}),
        ),
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
    close: async () => (await opened)?.agent.destroy(),
  };
};
