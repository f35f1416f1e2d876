// Stripe's own stand-in for its API: it knows every parameter, refuses any other, and answers with one example of each thing.
import {join} from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {answers, freePort, SERVERS, startServer} from './servers.ts';

/** One line says where a request went, the next one what it asked for: `Request data = map[limit:100]`. */
const REQUEST = /^Request: GET (\S+)\nRequest data = map\[(.*)\]$/gm;

export const startStripeMock = async () => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = await startServer({
    command: join(SERVERS, 'go/stripe-mock/stripe-mock'),
    // Without the second address it would listen for TLS at a port of its own choice, on all addresses.
    args: ['-http-addr', `127.0.0.1:${port}`, '-https-addr', '127.0.0.1:'],
    isReady: answers(url),
  });
  let looks = 0;
  return {
    ...server,
    url,
    /** The requests since the last look, as the server understood them: `/v1/customers limit:100`. */
    requests: async (): Promise<readonly string[]> => {
      const [before, now] = [`/look-${looks}`, `/look-${looks + 1}`];
      looks += 1;
      // What it prints comes by another way than its answers: here one overtakes the other no more.
      await fetch(`${url}${now}`);
      while (!server.output().includes(now)) await delay(10);
      const [printed = ''] = server.output().split(before).slice(-1);
      return [...printed.matchAll(REQUEST)].map(([, path, query]) => `${path} ${query}`);
    },
  };
};
