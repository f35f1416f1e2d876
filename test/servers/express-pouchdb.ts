// PouchDB's server, which has CouchDB's API, with databases in memory.
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {ROOT} from '../e2e/run-program.ts';
import {SERVERS} from './servers.ts';

export type Doc = Readonly<Record<string, unknown>> & {readonly _id: string};

const portOf = async (child: ReturnType<typeof spawn>): Promise<string> => {
  if (child.stdout === null) throw new Error('The server has no output.');
  for await (const line of createInterface(child.stdout)) if (/^\d+$/.test(line)) return line;
  throw new Error(`express-pouchdb ended with ${child.exitCode}.`);
};

export const startPouchDb = async () => {
  const child = spawn(process.execPath, [join(ROOT, 'test/programs/express-pouchdb.js')], {
    cwd: join(SERVERS, 'npm/express-pouchdb'),
    env: {...process.env, NODE_OPTIONS: ''},
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = once(child, 'close');
  const url = `http://127.0.0.1:${await portOf(child)}`;
  const request = async (method: string, path: string, body?: object): Promise<unknown> => {
    const response = await fetch(url + path, {
      method,
      ...(body && {headers: {'content-type': 'application/json'}, body: JSON.stringify(body)}),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    return JSON.parse(text);
  };
  const rowsOf = async (database: string): Promise<readonly Doc[]> => {
    const all = await request('GET', `/${database}/_all_docs?include_docs=true`);
    return Object(all).rows.map(({doc}: {doc: Doc}) => doc);
  };
  return {
    url,
    create: (database: string) => request('PUT', `/${database}`),
    destroy: (database: string) => request('DELETE', `/${database}`),
    compact: (database: string) => request('POST', `/${database}/_compact`, {}),
    /** Creates or updates documents, or deletes those with `_deleted`. */
    write: async (database: string, docs: readonly Doc[]): Promise<void> => {
      const revisions = new Map((await rowsOf(database)).map(({_id, _rev}) => [_id, _rev]));
      const revised = docs.map((doc) => {
        const _rev = revisions.get(doc._id);
        return _rev === undefined ? doc : {...doc, _rev};
      });
      await request('POST', `/${database}/_bulk_docs`, {docs: revised});
    },
    /** The documents that exist, by their ids. */
    rows: async (...databases: readonly string[]): Promise<ReadonlyMap<string, Doc>> => {
      const all = (await Promise.all(databases.map(rowsOf))).flat();
      return new Map(all.map((doc) => [doc._id, doc]));
    },
    /** The response to a request, whatever its status. */
    json: async (path: string): Promise<unknown> => (await fetch(url + path)).json(),
    close: async (): Promise<void> => {
      child.kill();
      await ended;
    },
  };
};
