// A TCP relay before a server. It can run an action before it forwards a request, and cut a response in the middle.
import {once} from 'node:events';
import {connect, createServer, type Socket} from 'node:net';

/** The treatment of the n-th request, counted from 1. */
type Mischief = {
  readonly request: number;
  /** Runs before the request is forwarded to the server. */
  readonly before?: () => unknown;
  /** Only so many bytes of the response come, including headers. Then the connection is closed as if it were complete. */
  readonly cutAt?: number;
};

export type Relay = {
  readonly url: string;
  /** Counts requests from 1 again, forgets the recorded ones, and uses this treatment. */
  readonly play: (mischief?: Mischief) => void;
  /** The paths that were requested since then, with their queries. */
  readonly seen: () => readonly string[];
  readonly close: () => Promise<void>;
};

/** One request of our clients fits into one packet, and none is sent before the response to the last one. */
const pathIn = (chunk: Buffer): string | undefined =>
  /^(?:GET|POST) (\S+) HTTP/.exec(chunk.toString('latin1'))?.[1];

/** @param port of the server, on loopback */
export const startRelay = async (port: number): Promise<Relay> => {
  const sockets = new Set<Socket>();
  let mischief: Mischief | undefined;
  let seen: string[] = [];

  const hold = (socket: Socket): Socket => {
    sockets.add(socket);
    // The other side may be gone, which the client must handle.
    socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
    return socket;
  };
  const relay = (client: Socket): void => {
    const server = hold(connect(port, '127.0.0.1'));
    let left = Number.POSITIVE_INFINITY;

    const pass = async (chunk: Buffer): Promise<void> => {
      const path = pathIn(chunk);
      if (path !== undefined) seen.push(path);
      if (path !== undefined && seen.length === mischief?.request) {
        left = mischief.cutAt ?? left;
        await mischief.before?.();
      }
      server.write(chunk);
    };
    client.on('data', (chunk: Buffer) => {
      // The action before the request has failed: nothing is forwarded, so the test fails, too.
      pass(chunk).catch(() => client.destroy());
    });
    client.on('close', () => server.end());
    server.on('data', (chunk: Buffer) => {
      if (left <= 0) return;
      client.write(chunk.subarray(0, left));
      left -= chunk.length;
      if (left <= 0) client.end();
    });
    server.on('close', () => client.end());
  };
  const listener = createServer((client) => relay(hold(client))).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('The relay has no port.');
  return {
    url: `http://127.0.0.1:${address.port}`,
    play: (next) => {
      mischief = next;
      seen = [];
    },
    seen: () => seen,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      listener.close();
      await once(listener, 'close');
    },
  };
};
