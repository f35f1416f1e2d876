// Not a part of the program: valid streams of an author, and faults that must not compile, for test/types.test.ts.
// Each line under a comment that begins with "wrong" is an error, and no other line is.
import {
  defineSource,
  type HttpClient,
  lastId,
  linkHeader,
  type Page,
  page,
  type Schema,
  type Spec,
  stream,
  valueAt,
} from 'headwater';

type Item = {
  id: number;
  updated_at: string;
  name?: string | null;
  team?: {lead: {login: string} | null} | null;
  labels?: {[name: string]: unknown};
};
/** An item as the API returns it. */
type RawItem = {id: number; sha: string; commit: {committer: {date: string} | null}};

declare const schema: Schema<Item>;
declare const spec: Spec<{token: string; count?: number}>;
declare const typedPages: () => AsyncIterable<Page<Item>>;

const slices = () => [{repository: 'a/b'}];

/** An author may name the client's type. */
const ownerOf = async (http: HttpClient, repository: string): Promise<string> => {
  const {owner} = await http.get<{owner: string}>(`/repos/${repository}`);
  return owner;
};

export const fine = defineSource({
  name: 'fine',
  spec,
  connect: ({token}) => ({
    headers: {'x-token': token},
    timeouts: {total: {minutes: 2}, idle: {milliseconds: 500}},
    retry: {attempts: 3, longest: {hours: 1}},
    limits: [{requests: 100, per: {minutes: 1}}],
  }),
  check: async ({config, http}) => {
    await http.get(config.token);
  },
  streams: () => [
    stream({name: 'one_page', schema, read: ({http}) => http.paginate('/m')}),
    stream({name: 'typed_pages', schema, read: () => typedPages()}),
    stream({
      name: 'cursor',
      schema,
      primaryKey: ['id', 'name'],
      cursor: {field: 'updated_at', order: 'ascending', lookback: {days: 1}},
      slices,
      checkpointInterval: {seconds: 0},
      read: ({http, slice}) =>
        http.paginate(`/repos/${slice.repository}`, {next: lastId('id', 'after')}),
    }),
    stream({
      name: 'token',
      schema,
      cursor: {token: 'each-page', identity: ({slice}) => slice.repository},
      slices,
      deletes: {flag: ({name}) => name === ''},
      read: ({http, since}) => http.paginate('/m', {query: {since}, token: ['next', 'last']}),
    }),
    stream({
      name: 'nested_cursor',
      schema,
      cursor: {field: 'team.lead.login'},
      read: ({http}) => http.paginate('/m', {next: linkHeader(), headers: {'X-Team': 'blue'}}),
    }),
    stream({
      name: 'cursor_below_an_index',
      schema,
      cursor: {field: 'labels.anything.goes'},
      read: ({http}) => http.paginate('/m'),
    }),
    stream({
      name: 'requested_schema',
      schema: async ({http}) => ({type: 'object', properties: await http.get('/fields')}),
      primaryKey: ['id'],
      cursor: {field: 'updated_at'},
      read: ({http}) => http.paginate('/m', {next: lastId('id', 'after')}),
    }),
    stream({
      name: 'own_paging',
      schema,
      read: ({http}) =>
        http.paginate('/m', {
          next: ({json, records}) => ({
            query: {
              after: records.at(-1)?.id,
              token: String(valueAt(json, 'paging.next')),
            },
          }),
          stop: ({records}) => records.some(({updated_at}) => updated_at < '2020'),
        }),
    }),
  ],
});

export const fineStreams = [
  stream({
    name: 'own_generator',
    schema,
    slices: async ({http}) => [{owner: await ownerOf(http, 'a/b')}],
    async *read({http, slice}) {
      yield page([{id: 1, updated_at: slice.owner}]);
      yield page([await http.get('/m/1')]);
      for await (const found of http.paginate('/m')) yield found;
      yield* http.download('/m', {method: 'POST', form: {all: true}});
      yield* http.download('/m', {records: {path: 'teams.*', keyFields: ['name']}});
    },
  }),
  stream({
    name: 'mapped',
    schema,
    slices,
    read: ({http}) => http.paginate('/m', {method: 'POST', json: {all: true}}),
    map: (raw: RawItem, {repository}) => ({
      ...raw,
      name: repository,
      updated_at: raw.commit.committer?.date ?? '',
    }),
  }),
  stream({
    name: 'mapped_with_typed_pages',
    schema,
    read: ({http}) => http.paginate<RawItem>('/m', {next: lastId('sha', 'after')}),
    map: ({id, sha}: RawItem) => ({id, updated_at: sha}),
  }),
  stream({
    name: 'mapped_from_anything',
    schema,
    read: ({http}) => http.paginate('/m'),
    map: (raw) => ({...raw, id: Number(raw['ID']), updated_at: String(raw.updated_at)}),
  }),
  stream({
    name: 'cleans_up',
    schema,
    async *read({http}) {
      const {id} = await http.post<{id: string}>('/exports', {json: {table: 'items'}});
      yield* http.download(`/exports/${id}`);
      await http.delete(`/exports/${id}`);
      await http.put('/m', {form: {state: 'read'}, idempotencyKey: 'Idempotency-Key'});
      await http.search('/m', {json: {query: 'all'}});
    },
  }),
];

export const wrongConfig = defineSource({
  name: 'wrong_config',
  spec,
  // wrong: a number has no unit
  connect: () => ({timeouts: {total: 60_000}}),
  check: async ({config, http}) => {
    // wrong: the config has no such field
    await http.get(config.tokne);
  },
  streams: () => [],
});

export const wrongOption = defineSource({
  name: 'wrong_option',
  spec,
  // wrong: the client has no such option
  connect: () => ({baseUrl: 'https://api.example.com', header: {}}),
  check: async () => {},
  streams: () => [],
});

export const wrongWait = defineSource({
  name: 'wrong_wait',
  spec,
  // wrong: a month has no fixed length
  connect: () => ({retry: {longest: {months: 1}}}),
  check: async () => {},
  streams: () => [],
});

export const wrongFields = [
  stream({
    name: 'wrong_fields',
    schema,
    // wrong: the records have no such field
    primaryKey: ['idd'],
    // wrong: nor this one
    cursor: {field: 'updated'},
    slices,
    // wrong: nor have the slices
    read: ({http, slice}) => http.paginate(`/repos/${slice.repo}`),
    // wrong: a number has no unit
    checkpointInterval: 60_000,
  }),
  stream({
    name: 'below_a_string',
    schema,
    // wrong: a string has no fields
    cursor: {field: 'updated_at.date'},
    read: ({http}) => http.paginate('/m'),
  }),
  stream({
    name: 'nested',
    schema,
    // wrong: a nested object has no such field
    cursor: {field: 'team.lead.logn'},
    read: ({http}) => http.paginate('/m'),
  }),
  stream({
    name: 'not_a_scalar',
    schema,
    // wrong: an object is not a position
    cursor: {field: 'team'},
    read: ({http}) => http.paginate('/m'),
  }),
  stream({
    name: 'odd_token',
    schema,
    // wrong: a token is of each page or of the last one
    cursor: {token: 'page'},
    read: ({http}) => http.paginate('/m'),
  }),
  stream({
    name: 'token_in_order',
    schema,
    // wrong: a token is not ordered
    cursor: {token: 'last-page', order: 'ascending'},
    read: ({http}) => http.paginate('/m'),
  }),
  stream({
    name: 'identity',
    schema,
    slices,
    // wrong: nor has the slice of an identity
    cursor: {token: 'last-page', identity: ({slice}) => slice.repo},
    read: ({http}) => http.paginate('/m'),
  }),
  stream({
    name: 'paging',
    schema,
    read: ({http}) =>
      http.paginate('/m', {
        // wrong: the records have no such field
        next: lastId('idd', 'after'),
        // wrong: nor this one
        stop: ({records}) => records.some(({updated}) => updated),
      }),
  }),
  stream({
    name: 'parent_fields',
    schema,
    read: ({http}) =>
      http.paginate('/m', {
        // wrong: the records have no such field
        records: {path: 'teams.*.items', parentFields: {teem: 'teams.*.name'}},
      }),
  }),
  stream({
    name: 'wrapped',
    schema,
    read: ({http}) =>
      // wrong: the records have no such field
      http.download('/m', {records: {path: 'names', wrap: 'nam'}}),
  }),
  stream({
    name: 'own_paging',
    schema,
    read: ({http}) =>
      http.paginate('/m', {
        // wrong: the records have no such field
        next: ({records}) => ({query: {after: records.at(-1)?.idd}}),
      }),
  }),
  stream({
    name: 'deletes',
    schema,
    primaryKey: ['id'],
    slices,
    deletes: {
      flag: ({name}) => name === 'gone',
      // wrong: the records have no such field
      list: {read: ({http}) => http.paginate('/m'), record: ({uuid}) => ({idd: Number(uuid)})},
      sweep: {
        every: {weeks: 1},
        // wrong: the slices have no such field
        read: ({http, slice}) => http.paginate(`/repos/${slice.repo}`),
        confirm: async ({id}) => id === 7,
      },
    },
    read: ({http, slice}) => http.paginate(`/repos/${slice.repository}`),
  }),
  stream({
    name: 'restores',
    schema,
    primaryKey: ['id'],
    cursor: {field: 'updated_at'},
    deletes: {
      list: {
        read: ({http}) => http.paginate('/m'),
        // wrong: the records have other fields
        restores: {within: {days: 30}, fetch: async ({id}) => ({id, sha: ''})},
      },
    },
    read: ({http}) => http.paginate('/m'),
  }),
  stream({
    name: 'sweep',
    schema,
    primaryKey: ['id'],
    // wrong: a list of ids needs an interval
    deletes: {sweep: {read: ({http}) => http.paginate('/ids')}},
    read: ({http}) => http.paginate('/m'),
  }),
];

export const wrongRecords = [
  // wrong: an id is a number
  stream({
    name: 'other_type',
    schema,
    async *read() {
      yield page([{id: 'one', updated_at: ''}]);
    },
  }),
  // wrong: a record has a time
  stream({
    name: 'missing_field',
    schema,
    async *read() {
      yield page([{id: 1}]);
    },
  }),
  // wrong: the type of the API's record does not match the schema
  stream({
    name: 'claimed',
    schema,
    read: ({http}) => http.paginate<{id: string; updated_at: string}>('/m'),
  }),
  stream({
    name: 'map_to_another_type',
    schema,
    read: ({http}) => http.paginate('/m'),
    // wrong: an id is a number
    map: (raw: RawItem) => ({...raw, id: raw.sha, updated_at: ''}),
  }),
  stream({
    name: 'map_without_a_field',
    schema,
    read: ({http}) => http.paginate('/m'),
    // wrong: a record has a time, which the API may leave out
    map: (raw) => ({...raw, id: 1}),
  }),
  stream({
    name: 'map_from_no_field',
    schema,
    read: ({http}) => http.paginate('/m'),
    // wrong: the API returns no such field
    map: (raw: RawItem) => ({id: raw.id, updated_at: raw.shaa}),
  }),
];

export const wrongRequests = async (http: HttpClient) => {
  // wrong: a body needs a method
  http.paginate('/m', {json: {all: true}});
  // wrong: a GET has no body
  http.download('/m', {method: 'GET', form: {all: true}});
  // wrong: nor has this one
  await http.get('/m', {json: {all: true}});
  // wrong: a body is JSON or a form
  await http.search('/m', {json: {all: true}, form: {all: true}});
  // wrong: a text has a type
  await http.search('/m', {body: '<all/>'});
  // wrong: a list changes nothing
  http.paginate('/m', {method: 'DELETE'});
};
