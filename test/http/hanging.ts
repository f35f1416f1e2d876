// Servers on loopback that hang at some point forever, and host names whose look-up hangs.
import dns from 'node:dns';
import {once} from 'node:events';
import {type AddressInfo, connect, createServer, type Server, type Socket} from 'node:net';
import {setTimeout as delay} from 'node:timers/promises';
import {Worker} from 'node:worker_threads';

export const CHUNKED =
  'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n';

/** Listens on a free port on loopback, and returns it. */
export const portOf = async (server: Server): Promise<number> => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
};

/** Sends a part again and again, each in time, without end. */
export const trickle = (socket: Socket, part: string): void => {
  const timer = setInterval(() => socket.write(part), 20);
  socket.on('close', () => clearInterval(timer));
};

/**
 * Accepts every connection, and calls `onRequest` with its data. It does not use node:http, so a response may stop
 * anywhere.
 */
export const startHanging = async (
  onRequest: (socket: Socket, text: string) => unknown = () => {},
) => {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket
      .on('error', () => socket.destroy())
      .on('close', () => sockets.delete(socket))
      .on('data', (chunk: Buffer) => onRequest(socket, chunk.toString('latin1')));
  });
  const port = await portOf(server);
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
};

// It listens, but never accepts a connection: the kernel queues as many as the backlog, and drops further ones.
const DEAF = `
const {parentPort, workerData} = require('node:worker_threads');
const server = require('node:net').createServer();
server.listen({port: 0, host: '127.0.0.1', backlog: 1}, () => {
  parentPort.postMessage(server.address().port);
  setImmediate(() => Atomics.wait(workerData, 0, 0));
});`;

/** More than any kernel queues beyond the backlog. */
const MOST = 8;

/** Resolves to true if the connection is made within 300 ms. */
const connects = async (socket: Socket): Promise<boolean> =>
  Promise.race([once(socket, 'connect').then(() => true), delay(300, false)]);

/** A port that never accepts connections; undefined if the kernel accepts them nevertheless. */
export const startDeaf = async () => {
  const flag = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(DEAF, {eval: true, workerData: flag});
  const [port]: number[] = await once(worker, 'message');
  const fillers: Socket[] = [];
  let hangs = false;
  while (!hangs && port !== undefined && fillers.length < MOST) {
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    fillers.push(socket);
    hangs = !(await connects(socket));
  }
  return {
    url: hangs ? `http://127.0.0.1:${port}` : undefined,
    [Symbol.asyncDispose]: async () => {
      for (const socket of fillers) socket.destroy();
      Atomics.store(flag, 0, 1);
      Atomics.notify(flag, 0);
      await worker.terminate();
    },
  };
};

/** Makes the look-up of `*.unanswered.test` hang while this is in use. */
export const hangLookups = () => {
  const real = dns.lookup;
  const hanging = (name: string, ...rest: never[]): void => {
    if (!name.endsWith('.unanswered.test')) Reflect.apply(real, dns, [name, ...rest]);
  };
  dns.lookup = hanging as typeof dns.lookup;
  return {
    [Symbol.dispose]: () => {
      dns.lookup = real;
    },
  };
};
