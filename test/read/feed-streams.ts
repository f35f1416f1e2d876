// A stream for each API of change-feed.ts, as an author would write it.
import {
  cursorIn,
  ExpiredToken,
  type HttpClient,
  nextUrl,
  page,
  type Schema,
  type Stream,
  stream,
} from 'headwater';
import type {Deletes} from '../../cdk/author/deletes.ts';
import type {TokenCursor} from '../../cdk/author/token-cursor.ts';
import type {ApiName} from './change-feed.ts';

export type Doc = {id: string; value?: number};
type Folder = {folder: string};

const schema: Schema<Doc> = {
  type: 'object',
  properties: {id: {}, value: {}},
  // Each API has another field for deleted ones.
  additionalProperties: {},
};

const isRemoved = (doc: object): boolean =>
  ['@removed', '_deleted', 'is_deleted', 'removed'].some((field) => field in doc) ||
  ('status' in doc && doc.status === 'cancelled') ||
  ('.tag' in doc && doc['.tag'] === 'deleted');

type Listed = {readonly records: readonly Doc[]; readonly token: string; readonly more: boolean};

/** A list whose pages are requested one by one. */
async function* oneByOne(since: unknown, request: (token: unknown) => Promise<Listed>) {
  let token = since;
  for (let more = true; more; ) {
    const listed = await request(token);
    ({token, more} = listed);
    yield page(listed.records, {token: listed.token});
  }
}

const plaidPage = async (http: HttpClient, cursor: unknown, folder: string): Promise<Listed> => {
  type Batch = {added: Doc[]; removed: Doc[]; next_cursor: string; has_more: boolean};
  const json = cursor === undefined ? {} : {cursor};
  const batch = await http.search<Batch>(`/${folder}/transactions/sync`, {json});
  const removed = batch.removed.map((doc) => ({...doc, removed: true}));
  return {records: [...batch.added, ...removed], token: batch.next_cursor, more: batch.has_more};
};

const dropboxPage = async (http: HttpClient, cursor: unknown, folder: string): Promise<Listed> => {
  type Batch = {entries: Doc[]; cursor: string; has_more: boolean};
  const batch = await (cursor === undefined
    ? http.search<Batch>(`/${folder}/list_folder`, {json: {path: ''}})
    : http.search<Batch>(`/${folder}/list_folder/continue`, {json: {cursor}}));
  return {records: batch.entries, token: batch.cursor, more: batch.has_more};
};

export type FeedOptions = {
  readonly folders?: () => readonly Folder[];
  readonly sweeps?: boolean;
  readonly resumable?: boolean;
};

/** Passes the options that all of these streams have. */
const common = ({sweeps, resumable}: FeedOptions) => {
  const deletes: Deletes<Doc, Folder> = {flag: isRemoved, ...(sweeps && {sweep: {}})};
  return {
    name: 'docs',
    schema,
    primaryKey: ['id'],
    checkpointInterval: {seconds: 0},
    deletes,
    ...(resumable && {resumable: {hours: 1}}),
  } as const;
};

const google = {
  records: 'items',
  next: cursorIn('nextPageToken', 'pageToken'),
  token: 'nextSyncToken',
} as const;

type Base = ReturnType<typeof common> & {readonly slices: () => readonly Folder[]};

/** The streams whose lists are like Google's. */
const likeGoogle =
  (path: string, expired: TokenCursor['expired'] = []) =>
  (base: Base): Stream<Doc> =>
    stream({
      ...base,
      cursor: {token: 'last-page', expired},
      read: ({http, slice, since}) =>
        http.paginate(`/${slice.folder}/${path}`, {query: {syncToken: since}, ...google}),
    });

const STREAMS: Readonly<Record<ApiName, (base: Base) => Stream<Doc>>> = {
  calendar: likeGoogle('events'),
  people: likeGoogle('people', [{status: 400, text: /"EXPIRED_SYNC_TOKEN"/}]),
  jmap: likeGoogle('changes', [
    {body: {path: 'methodResponses', matches: /cannotCalculateChanges/}},
  ]),
  graph: (base) =>
    stream({
      ...base,
      cursor: {token: 'last-page'},
      read: ({http, slice, since}) =>
        http.paginate(String(since ?? `/${slice.folder}/delta`), {
          records: 'value',
          next: nextUrl('@odata.nextLink'),
          token: '@odata.deltaLink',
        }),
    }),
  couchdb: (base) =>
    stream({
      ...base,
      cursor: {
        token: 'each-page',
        identity: async ({http, slice}) =>
          (await http.get<{instance_start_time: string}>(`/${slice.folder}`)).instance_start_time,
      },
      read: ({http, slice, since}) =>
        http.paginate(`/${slice.folder}/_changes`, {
          query: {include_docs: true, since},
          records: 'results.*.doc',
          next: cursorIn('last_seq', 'since', {more: 'pending'}),
          token: 'last_seq',
        }),
    }),
  plaid: (base) =>
    stream({
      ...base,
      cursor: {
        token: 'last-page',
        expired: [{body: {path: 'error_code', matches: /^INVALID_CURSOR$/}}],
        restart: [{body: {path: 'error_code', matches: /MUTATION_DURING_PAGINATION$/}}],
      },
      read: ({http, slice, since}) =>
        oneByOne(since, (token) => plaidPage(http, token, slice.folder)),
    }),
  dropbox: (base) =>
    stream({
      ...base,
      cursor: {token: 'each-page', expired: [{status: 409, text: /"reset\//}]},
      read: ({http, slice, since}) =>
        oneByOne(since, (token) => dropboxPage(http, token, slice.folder)),
    }),
  todoist: (base) =>
    stream({
      ...base,
      cursor: {token: 'last-page'},
      async *read({http, slice, since}) {
        type Sync = {full_sync: boolean; items: Doc[]; sync_token: string};
        const query = {sync_token: since ?? '*'};
        const sync = await http.get<Sync>(`/${slice.folder}/sync`, {query});
        if (sync.full_sync && since !== undefined) {
          throw new ExpiredToken('The API responded with a full sync.');
        }
        yield page(sync.items, {token: sync.sync_token});
      },
    }),
};

export const feedStream = (name: ApiName, options: FeedOptions = {}): Stream<Doc> => {
  const slices = options.folders ?? (() => [{folder: 'things'}]);
  return STREAMS[name]({...common(options), slices});
};
