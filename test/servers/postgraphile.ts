// PostGraphile over its own PostgreSQL, with a million events.
import {execFile} from 'node:child_process';
import {chmod, mkdir} from 'node:fs/promises';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {freePort, SERVERS, type Server, startServer} from './servers.ts';

const exec = promisify(execFile);

const BIN = '/usr/lib/postgresql/15/bin';
const HOST = '127.0.0.1';

/** The number of events, and the number of events with the same time. */
export const EVENTS = 1_000_000;
export const AT_ONCE = 2_500;

// The times are in the past by any clock. PostGraphile reads the comment: by default, the rows of a function cannot be
// ordered. https://postgraphile.org/postgraphile/next/smart-tags
const TABLES = `
create table events (id bigint primary key, kind text not null, payload text not null, updated_at timestamptz not null);
insert into events
  select n, (array['push', 'fork', 'star'])[1 + n % 3], 'event ' || n,
    timestamptz '2020-01-01 00:00:00Z' + (n - 1) / ${AT_ONCE} * interval '1 minute'
  from generate_series(1, ${EVENTS}) n;
create index on events (updated_at, id);
create function events_since(since timestamptz) returns setof events language sql stable as
  'select * from events where updated_at >= since';
comment on function events_since is '@behavior +orderBy +order +resource:connection:backwards';
create function hidden_events() returns setof events language sql stable as
  'select e from generate_series(1, 9) n left join events e on e.id = n and n % 3 > 0 order by n';
`;

/** PostgreSQL does not run as root. */
const asPostgres = (command: string, args: readonly string[]) =>
  process.getuid?.() === 0
    ? {
        command: 'setpriv',
        args: ['--reuid=postgres', '--regid=postgres', '--init-groups', command, ...args],
      }
    : {command, args};

const runAsPostgres = async (command: string, given: readonly string[], cwd: string) => {
  const {command: file, args} = asPostgres(command, given);
  await exec(file, args, {cwd});
};

/** Creates a folder for a cluster, within one that so far only its owner may enter. */
const clusterIn = async (folder: string): Promise<string> => {
  const cluster = join(folder, 'cluster');
  if (process.getuid?.() === 0) {
    await chmod(folder, 0o711);
    await exec('install', ['-d', '-o', 'postgres', '-g', 'postgres', '-m', '700', cluster]);
  } else await mkdir(cluster);
  return cluster;
};

const startPostgres = async (folder: string, port: number) => {
  const cluster = await clusterIn(folder);
  const how = ['--auth=trust', '--username=postgres', '--encoding=UTF8', '--no-sync'];
  await runAsPostgres(join(BIN, 'initdb'), ['-D', cluster, ...how], cluster);
  // The data is deleted in a minute, so nothing must reach the disk.
  const settings = [`listen_addresses=${HOST}`, 'unix_socket_directories=', 'fsync=off'];
  return startServer({
    ...asPostgres(join(BIN, 'postgres'), [
      '-D',
      cluster,
      '-p',
      String(port),
      ...settings.flatMap((setting) => ['-c', setting]),
    ]),
    cwd: cluster,
    isReady: async () => {
      await exec(join(BIN, 'pg_isready'), ['-h', HOST, '-p', String(port)]);
      return true;
    },
  });
};

const startGraphql = async (connection: string): Promise<Server & {readonly url: string}> => {
  const port = await freePort();
  const url = `http://${HOST}:${port}`;
  const server = await startServer({
    command: process.execPath,
    args: [
      'node_modules/postgraphile/dist/cli-run.js',
      ...['--preset', 'postgraphile/presets/amber', '--schema', 'public'],
      ...['--connection', connection, '--host', HOST, '--port', String(port)],
    ],
    env: {GRAPHILE_ENV: 'production', NODE_OPTIONS: ''},
    // It looks for its presets in its working directory.
    cwd: join(SERVERS, 'npm/postgraphile'),
    isReady: async () => {
      const query = '{"query":"{ allEvents(first: 1) { nodes { rowId } } }"}';
      const headers = {'content-type': 'application/json'};
      const {ok} = await fetch(`${url}/graphql`, {method: 'POST', headers, body: query});
      return ok;
    },
  });
  return {...server, url};
};

/** @param folder for the files of the database */
export const startPostgraphile = async (folder: string) => {
  const port = await freePort();
  const database = await startPostgres(folder, port);
  const connection = `postgres://postgres@${HOST}:${port}/postgres`;
  try {
    const commands = ['-c', TABLES, '-c', 'vacuum analyze events'];
    await exec(join(BIN, 'psql'), [connection, '-q', '-v', 'ON_ERROR_STOP=1', ...commands]);
    const graphql = await startGraphql(connection);
    return {
      url: graphql.url,
      close: async (): Promise<void> => {
        await graphql.close();
        await database.close();
      },
    };
  } catch (error) {
    await database.close();
    throw error;
  }
};
