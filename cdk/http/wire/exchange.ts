// Sends one request on undici's lowest layer. Its streams and abort signals, created for each request, would double the
// time of a page of 100 KB.
import type {Dispatcher} from 'undici';
import type {HttpResponse} from '../types.ts';
import type {Sink} from './body.ts';
import {decoding} from './content-encoding.ts';

type Head = Pick<HttpResponse, 'status' | 'headers' | 'setCookies' | 'url'>;

type RawHeaders = Readonly<Record<string, string | string[] | undefined>>;

const flatten = (headers: RawHeaders): Record<string, string> => {
  const flat: Record<string, string> = {};
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
};

/** Joined with another one, a cookie would not end at the comma: its date has one too. */
const headOf = (status: number, headers: RawHeaders, url: URL): Head => {
  const cookies = headers['set-cookie'];
  return {
    status,
    headers: flatten(headers),
    ...(cookies !== undefined && {setCookies: [cookies].flat()}),
    url,
  };
};

/** Nothing is thrown into undici. */
const attempt = (step: () => void, fail: (error: Error) => void): void => {
  try {
    step();
  } catch (error) {
    fail(error instanceof Error ? error : new Error(String(error)));
  }
};

type Limits = {
  readonly signal: AbortSignal;
  /** The limit for the whole exchange, in milliseconds. At 0 it fails at once. */
  readonly total: number;
};

/**
 * Resolves with the whole response. Rejects with the error of undici or the sink, the signal's reason, or a TimeoutError.
 * It does not wait for undici to end the request: undici ignores aborts before a connection is made.
 * @param openSink called with the head of the response; the body is decompressed
 */
export const exchange = (
  dispatcher: Dispatcher,
  options: Dispatcher.DispatchOptions,
  url: URL,
  openSink: (head: Head, sent: () => number) => Sink,
  {signal, total}: Limits,
): Promise<HttpResponse> => {
  const {promise, resolve, reject} = Promise.withResolvers<HttpResponse>();
  let controller: Dispatcher.DispatchController | undefined;
  let over: {readonly reason: Error} | undefined;
  let response: {readonly head: Head; readonly sink: Sink} | undefined;
  /** Pending until the sink can take more; undefined if it can. */
  let busy: Promise<void> | undefined;
  let sent = 0;

  const finish = (): void => {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  };
  const fail = (reason: unknown): void => {
    finish();
    reject(reason);
  };
  const abort = (reason: Error): void => {
    if (over !== undefined) return;
    over = {reason};
    controller?.abort(reason);
    fail(reason);
  };
  const stop = (): void => abort(signal.reason);
  const timer = setTimeout(() => {
    abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
  }, total);

  const wait = (taking: Promise<void>): void => {
    controller?.pause();
    const now = Promise.all([busy, taking]).then(() => {
      if (busy !== now) return;
      busy = undefined;
      controller?.resume();
    }, abort);
    busy = now;
  };

  const handler: Dispatcher.DispatchHandler = {
    onRequestStart: (started) => {
      controller = started;
      if (over !== undefined) started.abort(over.reason);
    },
    onResponseStart: (_controller, status, headers) => {
      if (status < 200) return;
      const head = headOf(status, headers, url);
      attempt(() => {
        response = decoding(head, (decoded) => openSink(decoded, () => sent));
      }, abort);
    },
    onResponseData: (_controller, chunk) => {
      // undici passes an empty chunk when it resumes at the end of a connection. Pausing for that one would never end.
      if (over !== undefined || chunk.length === 0) return;
      sent += chunk.length;
      attempt(() => {
        const taking = response?.sink.take(chunk);
        if (taking !== undefined) wait(taking);
      }, abort);
    },
    onResponseEnd: () => {
      const complete = response;
      if (complete === undefined) return;
      Promise.resolve(busy)
        .then(complete.sink.end)
        .then((body) => {
          finish();
          resolve({...complete.head, ...body});
        })
        .catch(fail);
    },
    onResponseError: (_controller, error) => fail(error),
  };

  if (signal.aborted) stop();
  else {
    signal.addEventListener('abort', stop, {once: true});
    try {
      dispatcher.dispatch(options, handler);
    } catch (error) {
      fail(error);
    }
  }
  return promise;
};
