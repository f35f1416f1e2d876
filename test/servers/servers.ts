// Servers by other authors: installed by scripts/install-servers.js, started by the suites in test/servers/.
import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {createServer} from 'node:net';
import {join} from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {ROOT} from '../e2e/run-program.ts';
import {describeInstalled} from './installed.ts';

/** The folder of a server's own files: `npm/<name>`, `python/<name>`, `go/<name>`. */
export const SERVERS = join(ROOT, '.servers');

/** `describe` if the server is installed; otherwise its tests are skipped, and one line says why. */
export const describeWith = (server: string) => describeInstalled(SERVERS, [server]);

export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('There is no free port.');
  return address.port;
};

export type Server = {
  /** The end of its output. */
  readonly output: () => string;
  readonly close: () => Promise<void>;
};

type Start = {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** True if the server responds; called again until it does. */
  readonly isReady: () => Promise<boolean>;
  /** The time limit of its start in milliseconds; by default a minute. */
  readonly patience?: number;
};

const KEPT_OUTPUT = 20_000;

const stop = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'close');
  const {pid} = child;
  // To the whole group: several servers are shells or masters with workers.
  const kill = (signal: NodeJS.Signals) => {
    try {
      if (pid !== undefined) process.kill(-pid, signal);
    } catch {
      // It has ended meanwhile.
    }
  };
  kill('SIGTERM');
  const forced = setTimeout(() => kill('SIGKILL'), 5_000);
  await ended;
  clearTimeout(forced);
};

/** Starts a server in a process group of its own, and waits until it responds. */
export const startServer = async ({
  command,
  args,
  env = {},
  cwd = ROOT,
  isReady,
  patience = 60_000,
}: Start): Promise<Server> => {
  const child = spawn(command, args, {
    cwd,
    env: {...process.env, ...env},
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = `${output}${text}`.slice(-KEPT_OUTPUT);
    });
  }
  const failed = once(child, 'error').then(([error]) => {
    throw error;
  });
  failed.catch(() => {});
  const deadline = Date.now() + patience;
  while (!(await Promise.race([isReady().catch(() => false), failed]))) {
    if (child.exitCode !== null) throw new Error(`${command} did not start: ${output}`);
    if (Date.now() > deadline) {
      await stop(child);
      throw new Error(`${command} did not respond within ${patience / 1_000} s: ${output}`);
    }
    await delay(50);
  }
  return {output: () => output, close: () => stop(child)};
};

/** For `isReady`: true if a URL responds, with any status. */
export const responds = (url: string) => async (): Promise<boolean> => {
  const response = await fetch(url, {signal: AbortSignal.timeout(2_000), redirect: 'manual'});
  await response.arrayBuffer();
  return true;
};
