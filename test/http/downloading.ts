// A client that downloads from a loopback server, and what it says.
import type {RequestListener} from 'node:http';
import {type HttpClient, type HttpOptions, openHttpClient} from '../../cdk/http/client.ts';
import {virtualClock} from '../../cdk/testing/virtual-clock.ts';
import {serve} from './loopback.ts';

type Options = NonNullable<Parameters<HttpClient['download']>[1]>;

/** The records of each batch, what the client said, and how it ended. */
export const readAll = async (
  origin: string,
  asked: Options = {},
  http: HttpOptions = {},
  onBatch: () => unknown = () => {},
  signal = new AbortController().signal,
) => {
  const said: string[] = [];
  const {download, close} = openHttpClient(
    {baseUrl: origin, ...http},
    {
      signal,
      clock: virtualClock(0),
      random: () => 0.5,
      log: (_level, message) => said.push(message.replaceAll(origin, 'api')),
    },
  );
  const batches: (readonly object[])[] = [];
  let failure: string | undefined;
  try {
    for await (const {records} of download<object>('/export', asked)) {
      batches.push(records);
      await onBatch();
    }
  } catch (error) {
    failure = String(error).replaceAll(origin, 'api');
  } finally {
    await close();
  }
  return {batches, records: batches.flat(), said, failure};
};

/** Answers each request with this body. */
export const answering = (body: string | Buffer, headers: Record<string, string> = {}) =>
  serve((_request, response) => void response.writeHead(200, headers).end(body));

/** Answers of raw bytes: each ends with its connection, so nothing but its content tells that it was cut. */
export const answeringInTurn = (...bodies: readonly (string | Buffer)[]) => {
  let answered = 0;
  const handle: RequestListener = ({socket}) => {
    socket.write('HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n');
    socket.end(bodies[Math.min(answered, bodies.length - 1)] ?? '');
    answered += 1;
  };
  return serve(handle);
};
