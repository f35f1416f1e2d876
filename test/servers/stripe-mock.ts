// Stripe's own stand-in for its API: it knows every parameter, rejects any other, and responds with one example of each object.
import {join} from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {freePort, responds, SERVERS, startServer} from './servers.ts';

/** One line has the path of a request, the next one its query: `Request data = map[limit:100]`. */
const REQUEST = /^Request: GET (\S+)\nRequest data = map\[(.*)\]$/gm;

export const startStripeMock = async () => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = await startServer({
    command: join(SERVERS, 'go/stripe-mock/stripe-mock'),
    // Without the second address it would listen for TLS on a random port, on all addresses.
    args: ['-http-addr', `127.0.0.1:${port}`, '-https-addr', '127.0.0.1:'],
    isReady: responds(url),
  });
  let looks = 0;
  return {
    ...server,
    url,
    /** The requests since the last call, as the server understood them: `/v1/customers limit:100`. */
    requests: async (): Promise<readonly string[]> => {
      const [before, now] = [`/look-${looks}`, `/look-${looks + 1}`];
      looks += 1;
      // Its output may arrive later than its responses. After this request, all of it has arrived.
      await fetch(`${url}${now}`);
      while (!server.output().includes(now)) await delay(10);
      const [printed = ''] = server.output().split(before).slice(-1);
      return [...printed.matchAll(REQUEST)].map(([, path, query]) => `${path} ${query}`);
    },
  };
};
