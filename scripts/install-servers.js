// Installs the servers that `npm run test:servers` starts: Debian packages if apt-get may be used, the rest into `.servers/`
// of the checkout, unless they are already there. `node scripts/install-servers.js [server …]`
// Writes `.servers/installed.json`: for each server true, or the reason why it is missing.
import {mkdir, writeFile} from 'node:fs/promises';
import {delimiter, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {exists, installPython, once, reasonOf, report, run} from './installing.js';

const FOLDER = fileURLToPath(new URL('../.servers', import.meta.url));
const SERVERS = {
  'express-pouchdb': {
    npm: [
      'express-pouchdb@4.2.0',
      'express@4.21.2',
      'pouchdb-core@7.3.1',
      'pouchdb-adapter-memory@7.3.1',
    ],
  },
  moto: {python: ['moto[server,secretsmanager]==5.2.5']},
  nginx: {apt: {'nginx-light': '/usr/sbin/nginx'}},
  postgraphile: {
    apt: {'postgresql-15': '/usr/lib/postgresql/15/bin/initdb'},
    npm: ['postgraphile@5.1.5'],
  },
  prism: {
    apt: {openssl: '/usr/bin/openssl'}, // for the certificate of the test proxy
    npm: ['@stoplight/prism-cli@5.16.0', '@octokit/openapi@23.0.2'],
  },
  redmine: {
    apt: {
      redmine: '/usr/share/redmine/config.ru',
      'redmine-sqlite': '/usr/share/doc/redmine-sqlite',
      'ruby-sqlite3': '/usr/share/doc/ruby-sqlite3',
      puma: '/usr/bin/puma',
    },
  },
  'stripe-mock': {go: ['github.com/stripe/stripe-mock@v0.203.0']},
  wiremock: {apt: {'openjdk-17-jre-headless': '/usr/bin/java'}, npm: ['wiremock@3.13.2']},
  wordpress: {
    apt: {
      wordpress: '/usr/share/wordpress/index.php',
      'mariadb-server': '/usr/sbin/mariadbd',
      'php-cli': '/usr/bin/php',
      'php-mysql': '/usr/share/doc/php-mysql',
      'php-xml': '/usr/share/doc/php-xml',
      'php-mbstring': '/usr/share/doc/php-mbstring',
      'php-curl': '/usr/share/doc/php-curl',
      'php-gd': '/usr/share/doc/php-gd',
    },
  },
};

const installers = {
  npm: (name, packages) => {
    const folder = join(FOLDER, 'npm', name);
    return once(folder, packages, async () => {
      await writeFile(
        join(folder, 'package.json'),
        JSON.stringify({private: true, allowScripts: {}}),
      );
      const flags = ['--no-audit', '--no-fund', '--no-package-lock', '--ignore-scripts'];
      await run('npm', ['install', '--prefix', folder, ...flags, ...packages]);
    });
  },
  python: (name, packages) => installPython(join(FOLDER, 'python', name), packages),
  go: (name, packages) => {
    const folder = join(FOLDER, 'go', name);
    return once(folder, packages, async () => {
      for (const module of packages) await run('go', ['install', module], {GOBIN: folder});
    });
  },
};

const missingIn = async (packages) => {
  const entries = await Promise.all(
    Object.entries(packages).map(async ([name, path]) => ((await exists(path)) ? [] : [name])),
  );
  return entries.flat();
};

/** Installs all Debian packages in one call, because apt-get holds a lock. Does not start any service. */
const installDebian = async (names) => {
  const packages = Object.assign({}, ...names.map((name) => SERVERS[name].apt ?? {}));
  const missing = await missingIn(packages);
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0) throw new Error(`root must install ${missing.join(', ')}`);
  const env = {DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1'};
  await run('apt-get', ['update'], env);
  await run('apt-get', ['install', '-y', '--no-install-recommends', ...missing], env);
};

/** Returns true, or the reason why the server is missing. */
const install = async (name, debian) => {
  const {apt, ...others} = SERVERS[name];
  try {
    if (apt !== undefined && (await missingIn(apt)).length > 0) await debian;
    for (const [kind, packages] of Object.entries(others)) await installers[kind](name, packages);
    const missing = apt === undefined ? [] : await missingIn(apt);
    return missing.length === 0 ? true : `${missing.join(', ')} could not be installed`;
  } catch (error) {
    return reasonOf(error);
  }
};

const installServers = async (names) => {
  // For child processes, the tests' included: Debian keeps servers in a folder that is only on root's PATH.
  process.env.PATH = [process.env.PATH, '/usr/sbin'].join(delimiter);
  await mkdir(FOLDER, {recursive: true});
  const debian = installDebian(names);
  debian.catch(() => {}); // reported by each server that needs it
  const entries = await Promise.all(names.map(async (name) => [name, await install(name, debian)]));
  await report(FOLDER, entries);
};

/** Called by jest before the suites. */
export default () => installServers(Object.keys(SERVERS));

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const names = process.argv.slice(2);
  await installServers(names.length > 0 ? names : Object.keys(SERVERS));
}
