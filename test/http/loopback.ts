// Real HTTP servers in this process, for what nock can't do: truncated bodies, broken connections, redirects, timeouts.
import {once} from 'node:events';
import {createServer, type RequestListener, type Server} from 'node:http';
import {afterEach} from '@jest/globals';
import nock from 'nock';

const open: Server[] = [];

afterEach(async () => {
  nock.disableNetConnect();
  for (const server of open.splice(0)) {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
});

/** Serves until the test ends; returns the origin, such as `http://127.0.0.1:43210`. */
export const serve = async (handle: RequestListener): Promise<string> => {
  nock.enableNetConnect('127.0.0.1');
  const server = createServer(handle).listen(0, '127.0.0.1');
  open.push(server);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return `http://127.0.0.1:${address.port}`;
};
