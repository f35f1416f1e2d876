// A real nginx that takes 20 requests a second, in a process of its own.
import {spawn, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:net';
import {join} from 'node:path';
import {text} from 'node:stream/consumers';
import {setTimeout as delay} from 'node:timers/promises';
import {say} from './say.ts';

/** Debian puts it where only root looks. */
const env = {...process.env, PATH: `${process.env['PATH']}:/usr/sbin`};

/** Whether there is one; if not, a line says that its tests are skipped. */
export const findNginx = (): boolean => {
  const {error} = spawnSync('nginx', ['-v'], {env});
  if (error !== undefined) {
    say(`nginx tests skipped: there is no nginx command (${error.message}).`);
  }
  return error === undefined;
};

/**
 * It counts in milliseconds, and takes a request that comes up to 50 ms too early. As one process it reads its
 * folder as whoever started it. `return` alone would pass by the limit, hence the files.
 */
const configFor = (port: number): string => `
daemon off;
master_process off;
pid nginx.pid;
error_log stderr error;
events {}
http {
  client_body_temp_path temp;
  proxy_temp_path temp;
  fastcgi_temp_path temp;
  uwsgi_temp_path temp;
  scgi_temp_path temp;
  default_type application/json;
  log_format seen '$msec $status $uri';
  limit_req_zone $binary_remote_addr zone=api:1m rate=20r/s;
  limit_req_status 429;
  server {
    listen 127.0.0.1:${port};
    root pages;
    access_log seen.log seen;
    location / {
      limit_req zone=api burst=2 nodelay;
      error_page 429 @refused;
    }
    location @refused {
      add_header Retry-After 1 always;
      return 429 '{"message":"rate limited"}';
    }
    location = /dropped/3.json {
      return 444;
    }
    location = /ready {
      access_log off;
      return 204;
    }
  }
}
`;

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('There is no free port.');
  return address.port;
};

/** Two items on each page, and the way to the next one. */
const writePages = (folder: string, list: string, count: number): void => {
  mkdirSync(join(folder, 'pages', list), {recursive: true});
  for (let page = 1; page <= count; page += 1) {
    const items = [{id: 2 * page - 1}, {id: 2 * page}];
    const next = page === count ? null : `/${list}/${page + 1}.json`;
    writeFileSync(join(folder, 'pages', list, `${page}.json`), JSON.stringify({items, next}));
  }
};

export type Seen = {
  /** When it was answered, in epoch milliseconds. */
  readonly at: number;
  /** 444 where the connection was dropped instead. */
  readonly status: number;
  readonly path: string;
};

/**
 * @param folder where it has its files
 * @param lists how many pages each list has: `/name/1.json`. Page 3 of a list `dropped` never comes.
 */
export const startNginx = async (folder: string, lists: Readonly<Record<string, number>>) => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  for (const [list, count] of Object.entries(lists)) writePages(folder, list, count);
  writeFileSync(join(folder, 'nginx.conf'), configFor(port));
  const child = spawn('nginx', ['-p', folder, '-c', 'nginx.conf', '-e', 'stderr'], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(child, 'close');
  const stderr = text(child.stderr);
  const isReady = () =>
    fetch(`${url}/ready`).then(
      ({ok}) => ok,
      () => false,
    );
  while (!(await isReady())) {
    if (child.exitCode !== null) throw new Error(`nginx does not start: ${await stderr}`);
    await delay(20);
  }
  const log = join(folder, 'seen.log');
  return {
    url,
    /** Every request since the last look, in order. */
    log: (): readonly Seen[] => {
      const lines = readFileSync(log, 'utf8').trim().split('\n');
      writeFileSync(log, '');
      return lines.map((line) => {
        const [seconds, status, path = ''] = line.split(' ');
        return {at: Number(seconds) * 1000, status: Number(status), path};
      });
    },
    close: async (): Promise<void> => {
      child.kill();
      await ended;
    },
  };
};
