// Debian's WordPress with 3,000 posts or fewer and 250 comments, and a MariaDB for it, both in their own folder. Three posts
// each were changed in the same second: the last ones, 2998 to 3000, at 2024-02-11T15:00:00Z.
import {execFile} from 'node:child_process';
import {copyFileSync, mkdirSync, readdirSync, symlinkSync} from 'node:fs';
import {userInfo} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {ROOT} from '../e2e/run-program.ts';
import {freePort, responds, type Server, startServer} from './servers.ts';

const CODE = '/usr/share/wordpress';
const OWN = join(ROOT, 'test/servers/wordpress');

export const LAST_CHANGE = '2024-02-11T15:00:00Z';

const run = async (
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> => {
  const {stdout} = await promisify(execFile)(command, args, {env: {...process.env, ...env}});
  return stdout;
};

const startMariaDb = async (folder: string) => {
  const data = join(folder, 'mariadb');
  // Networking is off: only this folder's socket leads to it, so it needs no password.
  const socket = join(folder, 'db.sock');
  const own = ['--no-defaults', `--user=${userInfo().username}`, `--datadir=${data}`];
  await run('mariadb-install-db', [
    ...own,
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
  ]);
  const execute = (sql: string): Promise<string> =>
    run('mariadb', [
      ...['--no-defaults', '--batch', '--skip-column-names', `--socket=${socket}`],
      ...['--user=root', '--execute', sql],
    ]);
  const server = await startServer({
    command: 'mariadbd',
    args: [
      ...own,
      `--socket=${socket}`,
      `--pid-file=${join(folder, 'mariadb.pid')}`,
      ...['--skip-networking', '--skip-log-bin', '--innodb-flush-log-at-trx-commit=0'],
    ],
    isReady: async () => (await execute('SELECT 1')).trim() === '1',
  });
  return {socket, execute, close: server.close};
};

/** Makes a folder of links to Debian's code, except the configuration, which Debian's looks for in /etc. */
const linkSite = (folder: string): string => {
  const site = join(folder, 'site');
  mkdirSync(site);
  for (const name of readdirSync(CODE)) {
    if (name !== 'wp-config.php') symlinkSync(join(CODE, name), join(site, name));
  }
  copyFileSync(join(OWN, 'wp-config.php'), join(site, 'wp-config.php'));
  return site;
};

export type WordPress = Pick<Server, 'close'> & {
  readonly port: number;
  /** An application password of the user `admin`, with spaces. */
  readonly password: string;
  /** Adds a post as if it had been changed then. */
  readonly insert: (id: number, modified: string) => Promise<void>;
};

export const startWordPress = async (folder: string, posts = 3_000): Promise<WordPress> => {
  const database = await startMariaDb(folder);
  const env = {SITE: linkSite(folder), DB_SOCKET: database.socket, POSTS: String(posts)};
  const start = async () => {
    const port = await freePort();
    const password = await run('php', [join(OWN, 'seed.php')], env);
    const server = await startServer({
      command: 'php',
      args: ['-d', 'opcache.enable_cli=1', '-S', `127.0.0.1:${port}`, join(OWN, 'router.php')],
      env: {...env, PHP_CLI_SERVER_WORKERS: '4'},
      cwd: env.SITE,
      isReady: responds(`http://127.0.0.1:${port}/wp-json/`),
    });
    return {port, password, server};
  };
  try {
    const {port, password, server} = await start();
    return {
      port,
      password,
      insert: async (id, modified) => {
        const same =
          'post_author, post_title, post_content, post_excerpt, to_ping, pinged, post_content_filtered, post_status, post_date, post_date_gmt';
        const time = modified.replace('T', ' ').replace('Z', '');
        await database.execute(
          `INSERT INTO wordpress.wp_posts (ID, post_name, post_modified, post_modified_gmt, ${same}) ` +
            `SELECT ${id}, 'post-${id}', '${time}', '${time}', ${same} FROM wordpress.wp_posts LIMIT 1`,
        );
      },
      close: async () => {
        await server.close();
        await database.close();
      },
    };
  } catch (error) {
    await database.close();
    throw error;
  }
};
