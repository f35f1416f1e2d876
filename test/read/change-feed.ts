// APIs that give out sync tokens, each as its vendor documents it, over one store of documents. Pages have two items.
import type {IncomingMessage, ServerResponse} from 'node:http';
import {text} from 'node:stream/consumers';
import {serve} from '../http/loopback.ts';

/** The last change of a document. `value` is undefined once it is deleted. */
type Change = {readonly id: string; readonly seq: number; readonly value: number | undefined};

/** A page's place in a list of all documents (`since` is 0) or of the changes after `since`, as it was at `upTo`. */
type Place = {readonly since: number; readonly upTo: number; readonly after: number};

const SIZE = 2;
const START: Place = {since: 0, upTo: 0, after: 0};

const tokenOf = (place: Place): string => Buffer.from(JSON.stringify(place)).toString('base64url');
const placeOf = (token: string): Place => ({
  ...START,
  ...JSON.parse(Buffer.from(token, 'base64url').toString()),
});

type Refusal = {readonly status: number; readonly body: object};

const openStore = () => {
  let docs = new Map<string, Change>();
  let seq = 0;
  /** Tokens from before this are not known any more. */
  let oldest = 0;
  let created = 1;
  return {
    put: (id: string, value: number): void => {
      seq += 1;
      docs.set(id, {id, seq, value});
    },
    remove: (id: string): void => {
      seq += 1;
      docs.set(id, {id, seq, value: undefined});
    },
    /** Forgets deleted documents, and refuses all tokens so far. */
    expire: (): void => {
      oldest = seq + 1;
      seq += 1;
      docs = new Map([...docs].filter(([, {value}]) => value !== undefined));
    },
    /** Another database with the same name and documents, whose numbers begin at 1 again. */
    recreate: (): void => {
      oldest = 0;
      created += 1;
      seq = 0;
      for (const [id, one] of docs) {
        seq += 1;
        docs.set(id, {...one, seq});
      }
    },
    created: () => created,
    /** Returns a function that undoes all that happens from now on. */
    snapshot: () => {
      const saved = [new Map(docs), seq, oldest, created] as const;
      return (): void => {
        [docs, seq, oldest, created] = [new Map(saved[0]), saved[1], saved[2], saved[3]];
      };
    },
    seq: () => seq,
    content: () =>
      [...docs.values()].flatMap(({id, value}) => (value === undefined ? [] : [{id, value}])),
    knows: (since: number): boolean => since === 0 || since >= oldest,
    /** A document that changes while a list is paged is in the next one. A list of all documents has no deleted ones. */
    page: ({since, upTo, after}: Place, withDeleted = since > 0) => {
      const last = upTo || seq;
      const all = [...docs.values()]
        .filter((one) => one.seq > Math.max(since, after) && one.seq <= last)
        .filter(({value}) => withDeleted || value !== undefined)
        .toSorted((a, b) => a.seq - b.seq);
      const changes = all.slice(0, SIZE);
      const next = {since, upTo: last, after: changes.at(-1)?.seq ?? last};
      return {changes, next: all.length > SIZE ? next : undefined, last};
    },
  };
};

export type Store = ReturnType<typeof openStore>;

type Reply = {readonly status?: number; readonly body: object};

type Answer = (store: Store, url: URL, json: Record<string, unknown>) => Reply;

const itemOf = ({id, value}: Change, gone: object): object =>
  value === undefined ? {id, ...gone} : {id, value};

/** A list by page tokens, with a sync token at its end, as Google's. */
const byTokens = (
  store: Store,
  {sync, page}: {readonly sync: string | null; readonly page: string | null},
  refusal: Refusal,
) => {
  const place = page ? placeOf(page) : {...START, since: Number(sync ?? 0)};
  if (!store.knows(place.since)) return refusal;
  const {changes, next, last} = store.page(place);
  return {changes, page: next && tokenOf(next), sync: next ? undefined : String(last)};
};

const google =
  (refusal: Refusal): Answer =>
  (store, {searchParams}) => {
    const listed = byTokens(
      store,
      {sync: searchParams.get('syncToken'), page: searchParams.get('pageToken')},
      refusal,
    );
    if ('status' in listed) return listed;
    return {
      body: {
        items: listed.changes.map((one) => itemOf(one, {status: 'cancelled'})),
        nextPageToken: listed.page,
        nextSyncToken: listed.sync,
      },
    };
  };

/** https://learn.microsoft.com/graph/delta-query-overview */
const graph: Answer = (store, url) => {
  const listed = byTokens(
    store,
    {sync: url.searchParams.get('$deltatoken'), page: url.searchParams.get('$skiptoken')},
    {status: 410, body: {error: {code: 'resyncRequired', message: 'Resync required.'}}},
  );
  if ('status' in listed) return listed;
  const link = (name: string, token: string | undefined) =>
    token && {
      [`@odata.${name}Link`]: `${url.origin}${url.pathname}?$${name === 'next' ? 'skip' : 'delta'}token=${token}`,
    };
  return {
    body: {
      value: listed.changes.map((one) => itemOf(one, {'@removed': {reason: 'deleted'}})),
      ...link('next', listed.page),
      ...link('delta', listed.sync),
    },
  };
};

/** https://docs.couchdb.org/en/stable/api/database/changes.html; a token that it does not know is answered with nothing, as PouchDB does. */
const couchdb: Answer = (store, url) => {
  if (!url.pathname.endsWith('/_changes')) {
    return {body: {db_name: 'things', instance_start_time: String(store.created())}};
  }
  const since = Number(url.searchParams.get('since') ?? 0);
  const {changes, next, last} = store.page({...START, since}, true);
  const end = next ? (changes.at(-1)?.seq ?? since) : Math.max(last, since);
  return {
    body: {
      results: changes.map((one) => ({
        id: one.id,
        seq: one.seq,
        doc: itemOf(one, {_deleted: true}),
      })),
      last_seq: end,
      pending: next ? 1 : 0,
    },
  };
};

/** https://plaid.com/docs/api/products/transactions/#transactionssync */
const plaid: Answer = (store, _url, {cursor}) => {
  const place = cursor ? placeOf(String(cursor)) : START;
  const error = (error_code: string) => ({status: 400, body: {error_code, error_message: 'No.'}});
  if (!store.knows(place.since)) return error('INVALID_CURSOR');
  if (place.upTo > 0 && place.upTo !== store.seq()) {
    return error('TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION');
  }
  const {changes, next, last} = store.page(place);
  return {
    body: {
      added: changes.filter(({value}) => value !== undefined),
      removed: changes.filter(({value}) => value === undefined).map(({id}) => ({id})),
      next_cursor: tokenOf(next ?? {...START, since: last}),
      has_more: next !== undefined,
    },
  };
};

/** https://www.dropbox.com/developers/documentation/http/documentation#files-list_folder-continue */
const dropbox: Answer = (store, _url, {cursor}) => {
  const place = cursor ? placeOf(String(cursor)) : START;
  if (!store.knows(place.since)) {
    return {status: 409, body: {error_summary: 'reset/..', error: {'.tag': 'reset'}}};
  }
  const {changes, next, last} = store.page(place);
  return {
    body: {
      entries: changes.map((one) => itemOf(one, {'.tag': 'deleted'})),
      cursor: tokenOf(next ?? {...START, since: last}),
      has_more: next !== undefined,
    },
  };
};

/** https://developer.todoist.com/api/v1/#tag/Sync: an unknown token is answered by a full sync, which says so. */
const todoist: Answer = (store, url) => {
  const token = url.searchParams.get('sync_token') ?? '*';
  const since = token === '*' || !store.knows(Number(token)) ? 0 : Number(token);
  const changes: Change[] = [];
  for (let place: Place | undefined = {...START, since}; place; ) {
    const {changes: more, next} = store.page(place);
    changes.push(...more);
    place = next;
  }
  return {
    body: {
      full_sync: since === 0,
      items: changes.map((one) => itemOf(one, {is_deleted: true})),
      sync_token: String(store.seq()),
    },
  };
};

/** RFC 8620, 5.2: an error with status 200. */
const jmap: Answer = (store, url) => {
  const reply = google({
    status: 200,
    body: {methodResponses: [['error', {type: 'cannotCalculateChanges'}, '0']]},
  });
  return reply(store, url, {});
};

const APIS = {
  /** https://developers.google.com/workspace/calendar/api/guides/sync */
  calendar: google({
    status: 410,
    body: {
      error: {
        errors: [{domain: 'calendar', reason: 'fullSyncRequired'}],
        message: 'Sync token is no longer valid, a full sync is required.',
      },
    },
  }),
  /** https://developers.google.com/people/api/rest/v1/people.connections/list */
  people: google({
    status: 400,
    body: {
      error: {
        status: 'FAILED_PRECONDITION',
        message: 'Sync token is expired.',
        details: [
          {'@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'EXPIRED_SYNC_TOKEN'},
        ],
      },
    },
  }),
  graph,
  couchdb,
  plaid,
  dropbox,
  todoist,
  jmap,
} satisfies Record<string, Answer>;

export type ApiName = keyof typeof APIS;

/** Serves an API; `onRequest` is called before each response. */
export const serveFeed = async (name: ApiName) => {
  const stores = new Map<string, Store>();
  const feed = {
    onRequest: (_number: number): void => {},
    requests: [] as string[],
    /** The response to the next requests, whatever they are. */
    refuse: undefined as Refusal | undefined,
    /** The documents of a folder, which is the last part of a path. */
    store: (folder = 'things'): Store => {
      const store = stores.get(folder) ?? openStore();
      stores.set(folder, store);
      return store;
    },
  };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await text(request);
    const url = new URL(request.url ?? '', `http://${request.headers.host}`);
    feed.requests.push(decodeURIComponent(`${url.pathname}${url.search}`));
    feed.onRequest(feed.requests.length);
    const folder = url.pathname.split('/')[1];
    const reply: Reply =
      feed.refuse ?? APIS[name](feed.store(folder), url, body === '' ? {} : JSON.parse(body));
    response.writeHead(reply.status ?? 200, {'content-type': 'application/json'});
    response.end(JSON.stringify(reply.body));
  };
  const origin = await serve((request, response) => void answer(request, response));
  return Object.assign(feed, {origin});
};
