// A fake API on a port of loopback, in this process.
import {createHash} from 'node:crypto';
import {once} from 'node:events';
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import type {Api, FakeResponse} from './api.ts';

export interface Served {
  /** The origin, such as `http://127.0.0.1:43210`. */
  readonly url: string;
  /** `GET /path?query` of every request so far. */
  readonly requests: readonly string[];
  readonly close: () => Promise<void>;
}

const send = (request: IncomingMessage, response: ServerResponse, content: FakeResponse): void => {
  const {status, headers, cut = false} = content;
  const body = Buffer.from(content.body === undefined ? '' : JSON.stringify(content.body));
  const etag = `"${createHash('sha256').update(body).digest('hex')}"`;
  if (status === 200 && request.headers['if-none-match'] === etag) {
    response.writeHead(304, {...headers, etag}).end();
    return;
  }
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': body.length,
    ...(status === 200 && {etag}),
    ...headers,
  });
  if (cut) response.write(body.subarray(0, body.length / 2), () => response.destroy());
  else response.end(body);
};

/** Serves until it is closed; port 0 means any free port. An error in the API is sent as a 500. */
export const serveFake = async (api: Api, port = 0): Promise<Served> => {
  const requests: string[] = [];
  let origin = '';
  const server = createServer((request, response) => {
    const {method = 'GET', url = '/', headers} = request;
    requests.push(`${method} ${url}`);
    request.resume();
    try {
      send(request, response, api({method, url: new URL(url, origin), headers}));
    } catch (error) {
      send(request, response, {status: 500, body: {message: String(error)}});
    }
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  origin = `http://127.0.0.1:${address.port}`;
  return {
    url: origin,
    requests,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};
