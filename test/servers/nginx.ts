// A real nginx with limits on requests per second.
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {freePort, responds, type Server, startServer} from './servers.ts';

/**
 * nginx counts in milliseconds, and accepts requests up to a tenth of a second too early. As one process it reads its
 * folder as the user that started it. `return` alone would bypass the limit, hence the files.
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
  keepalive_requests 10000;
  limit_req_zone $binary_remote_addr zone=slow:1m rate=20r/s;
  limit_req_zone $binary_remote_addr zone=fast:1m rate=100r/s;
  limit_req_zone $binary_remote_addr zone=quota:1m rate=100r/s;
  limit_req_status 429;
  server {
    listen 127.0.0.1:${port} backlog=2048;
    root pages;
    access_log seen.log seen;
    location / {
      limit_req zone=slow burst=2 nodelay;
      error_page 429 @refused;
    }
    location /long/ {
      limit_req zone=fast burst=10 nodelay;
      error_page 429 @refused;
    }
    location /quota/ {
      limit_req zone=quota burst=10 nodelay;
      error_page 429 @used-up;
    }
    location @refused {
      add_header Retry-After 1 always;
      return 429 '{"message":"rate limited"}';
    }
    location @used-up {
      add_header X-RateLimit-Limit 100 always;
      add_header X-RateLimit-Remaining 0 always;
      add_header X-RateLimit-Reset 1 always;
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

/** Writes pages with two items and the path of the next page each. */
const writePages = (folder: string, list: string, count: number): void => {
  mkdirSync(join(folder, 'pages', list), {recursive: true});
  for (let page = 1; page <= count; page += 1) {
    const items = [{id: 2 * page - 1}, {id: 2 * page}];
    const next = page === count ? null : `/${list}/${page + 1}.json`;
    writeFileSync(join(folder, 'pages', list, `${page}.json`), JSON.stringify({items, next}));
  }
};

export type Seen = {
  /** The time of the response, in epoch milliseconds. */
  readonly at: number;
  /** 444 if the connection was dropped instead. */
  readonly status: number;
  readonly path: string;
};

export type Nginx = Pick<Server, 'close'> & {
  readonly url: string;
  /** Every request since the last call, in order. */
  readonly log: () => readonly Seen[];
};

/**
 * Accepts 100 requests a second for the lists `long` and `quota`, of which `quota` reports its quota on rejection, and 20
 * for all others.
 * @param folder for its files
 * @param lists the number of pages of each list: `/name/1.json`. The connection of page 3 of a list `dropped` is dropped.
 */
export const startNginx = async (
  folder: string,
  lists: Readonly<Record<string, number>>,
): Promise<Nginx> => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  for (const [list, count] of Object.entries(lists)) writePages(folder, list, count);
  writeFileSync(join(folder, 'nginx.conf'), configFor(port));
  const {close} = await startServer({
    command: 'nginx',
    args: ['-p', folder, '-c', 'nginx.conf', '-e', 'stderr'],
    isReady: responds(`${url}/ready`),
  });
  const log = join(folder, 'seen.log');
  return {
    url,
    log: () => {
      const lines = readFileSync(log, 'utf8').trim().split('\n');
      writeFileSync(log, '');
      return lines.map((line) => {
        const [seconds, status, path = ''] = line.split(' ');
        return {at: Number(seconds) * 1000, status: Number(status), path};
      });
    },
    close,
  };
};
