// A small HTTP server on loopback, for programs under test: they run in their own processes, where nock cannot intercept.
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {registerAuthorization} from '../../cdk/testing/recording.ts';

export type ApiServer = {
  readonly url: string;
  /** `GET /path?query` of every request so far. */
  readonly requests: readonly string[];
  readonly close: () => Promise<void>;
};

/** Serves until it is closed. `respond` also gets the server's own URL. */
export const serveApi = async (
  respond: (request: IncomingMessage, response: ServerResponse, url: string) => unknown,
): Promise<ApiServer> => {
  const requests: string[] = [];
  let url = '';
  const server = createServer(async (request, response) => {
    requests.push(`${request.method} ${request.url}`);
    registerAuthorization('what a server was sent', request.headers.authorization);
    await respond(request, response, url);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const {port} = server.address() as AddressInfo;
  url = `http://127.0.0.1:${port}`;
  return {
    url,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
};

export const sendJson = (
  response: ServerResponse,
  body: unknown,
  {status = 200, headers = {}}: {status?: number; headers?: Record<string, string>} = {},
): void => {
  response.writeHead(status, {'content-type': 'application/json', ...headers});
  response.end(JSON.stringify(body));
};
