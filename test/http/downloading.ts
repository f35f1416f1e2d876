// Downloads from a loopback server, and records the log.
import type {RequestListener} from 'node:http';
import {type HttpClient, type HttpOptions, openHttpClient} from '../../cdk/http/client.ts';
import {virtualClock} from '../../cdk/testing/virtual-clock.ts';
import {serve} from './loopback.ts';

type Options = NonNullable<Parameters<HttpClient['download']>[1]>;

/** The records of each batch, the log, and the failure. */
export const readAll = async (
  origin: string,
  options: Options = {},
  http: HttpOptions = {},
  onBatch: () => unknown = () => {},
  signal = new AbortController().signal,
) => {
  const logged: string[] = [];
  const {download, close} = openHttpClient(
    {baseUrl: origin, ...http},
    {
      signal,
      clock: virtualClock(0),
      random: () => 0.5,
      log: (_level, message) => logged.push(message.replaceAll(origin, 'api')),
    },
  );
  const batches: (readonly object[])[] = [];
  let failure: string | undefined;
  try {
    for await (const {records} of download<object>('/export', options)) {
      batches.push(records);
      await onBatch();
    }
  } catch (error) {
    failure = String(error).replaceAll(origin, 'api');
  } finally {
    await close();
  }
  return {batches, records: batches.flat(), logged, failure};
};

/** Serves this body for each request. */
export const serveBody = (body: string | Buffer, headers: Record<string, string> = {}) =>
  serve((_request, response) => void response.writeHead(200, headers).end(body));

/** Serves raw bodies in order. Each ends with its connection, so only its content shows that it is truncated. */
export const serveRaw = (...bodies: readonly (string | Buffer)[]) => {
  let responses = 0;
  const handle: RequestListener = ({socket}) => {
    socket.write('HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n');
    socket.end(bodies[Math.min(responses, bodies.length - 1)] ?? '');
    responses += 1;
  };
  return serve(handle);
};
