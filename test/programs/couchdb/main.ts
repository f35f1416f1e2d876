#!/bin/sh
// 2>/dev/null; exec "$(dirname "$(readlink -f "$0")")/../../../scripts/node.sh" "$0" "$@"
// The documents of databases with CouchDB's API, for tests with PouchDB's server: https://docs.couchdb.org/en/stable/api/database/changes.html
import {
  ConfigError,
  cursorIn,
  defineSource,
  ExpiredToken,
  type HttpClient,
  page,
  run,
  type Schema,
  type Spec,
  stream,
} from 'headwater';

type Config = {api_url: string; databases: string[]; page_size: number};
type Doc = {_id: string; _rev: string; _deleted?: boolean};
type Change = {id: string; seq: string | number; changes: [{rev: string}]; doc: Doc};
/** The token of this source: that of CouchDB, and the change that it comes after. */
type Mark = Pick<Change, 'seq' | 'id'> & {readonly rev: string};

const spec: Spec<Config> = {
  connectionSpecification: {
    type: 'object',
    required: ['api_url', 'databases'],
    properties: {
      api_url: {type: 'string'},
      databases: {type: 'array', items: {type: 'string'}},
      page_size: {type: 'integer', default: 1_000},
    },
  },
};
const schema: Schema<Doc> = {
  type: 'object',
  properties: {_id: {type: 'string'}, _rev: {type: 'string'}, _deleted: {type: 'boolean'}},
  required: ['_id', '_rev'],
  additionalProperties: {},
};

/** The time at which CouchDB created the database, or at which PouchDB's server started. Before CouchDB 3.3 it was always 0. */
const createdAt = async (http: HttpClient, database: string): Promise<string | undefined> => {
  const info = await http.get<{instance_start_time?: string}>(`/${database}`);
  return info.instance_start_time === '0' ? undefined : info.instance_start_time;
};

/**
 * PouchDB answers a token that it does not know with no changes, and one of a deleted database of the same name with the changes after the
 * same number. The last change that was read shows both, unless the new database has the same one.
 */
const assertKnown = async (http: HttpClient, database: string, mark: Mark): Promise<void> => {
  const json = {[mark.id]: [mark.rev]};
  const unknown = await http.search<Record<string, unknown>>(`/${database}/_revs_diff`, {json});
  if (!(mark.id in unknown)) return;
  throw new ExpiredToken(
    `The database ${database} does not know revision ${mark.rev} of ${mark.id}, the last change that was read.`,
  );
};

const markAfter = ({seq, id, changes: [{rev}]}: Change): Mark => ({seq, id, rev});

async function* readChanges(http: HttpClient, database: string, since: unknown, limit: number) {
  const mark: Mark | undefined = since === undefined ? undefined : JSON.parse(String(since));
  if (mark !== undefined) await assertKnown(http, database, mark);
  const changes = http.paginate<Change>(`/${database}/_changes`, {
    query: {include_docs: true, limit, since: mark?.seq},
    records: 'results',
    next: cursorIn('last_seq', 'since', {more: 'pending'}),
  });
  for await (const {records} of changes) {
    const last = records.at(-1);
    yield page(
      records.map(({doc}) => doc),
      {token: last && JSON.stringify(markAfter(last))},
    );
  }
}

const source = defineSource({
  name: 'couchdb',
  spec,
  connect: ({api_url}) => ({
    baseUrl: api_url,
    explain: ({status, url}) =>
      status === 404
        ? new ConfigError(
            `There is no database ${url.pathname.split('/')[1]}: check \`databases\`.`,
          )
        : undefined,
  }),
  check: async ({http, config}) => {
    for (const database of config.databases) await http.get(`/${database}`);
  },
  streams: ({config: {databases, page_size}}) => [
    stream({
      name: 'documents',
      schema,
      primaryKey: ['_id'],
      cursor: {
        token: 'each-page',
        identity: ({http, slice}) => createdAt(http, slice.database),
      },
      slices: () => databases.map((database) => ({database})),
      deletes: {flag: ({_deleted}) => _deleted, sweep: {}},
      checkpointInterval: {seconds: 0},
      read: ({http, slice, since}) => readChanges(http, slice.database, since, page_size),
    }),
  ],
});

await run(source);
