#!/bin/sh
// 2>/dev/null; exec "$(dirname "$(readlink -f "$0")")/../../../scripts/node.sh" "$0" "$@"
// Redmine's issues, for tests with a real one: https://www.redmine.org/projects/redmine/wiki/Rest_Issues
// Three ways to page through the same list: by the date of the last change, in the default order, and by id.
import {
  apiKey,
  basic,
  defineSource,
  offset,
  type Paginator,
  run,
  type Schema,
  type Spec,
  selectAuth,
  stream,
} from 'headwater';

type Credentials =
  | {type: 'header'; key: string}
  | {type: 'query'; key: string}
  | {type: 'basic'; username: string; password: string};
type Config = {api_url: string; credentials: Credentials};
type Issue = {id: number; subject: string; updated_on: string};

const spec: Spec<Config> = {
  connectionSpecification: {
    type: 'object',
    required: ['api_url', 'credentials'],
    properties: {
      api_url: {type: 'string'},
      credentials: {
        type: 'object',
        properties: {
          key: {type: 'string', airbyte_secret: true},
          password: {type: 'string', airbyte_secret: true},
        },
      },
    },
  },
};
const schema: Schema<Issue> = {
  type: 'object',
  properties: {
    id: {type: 'integer'},
    subject: {type: 'string'},
    updated_on: {type: 'string', format: 'date-time'},
  },
  // No test needs the many other fields.
  additionalProperties: {},
};

/** Without a status Redmine lists open issues only. */
const ALL = {status_id: '*'};

/** Redmine returns at most a hundred, however many are requested. */
const byOffset = offset({size: 1_000, total: 'total_count'});

/** Issues that are created, changed or deleted meanwhile do not shift the next page. */
const byId: Paginator = {
  first: {query: {sort: 'id', limit: 100}},
  next: ({records}) => {
    const last = records.at(-1);
    return last && 'id' in last ? {query: {issue_id: `>=${Number(last.id) + 1}`}} : undefined;
  },
};

const source = defineSource({
  name: 'redmine',
  spec,
  connect: ({api_url, credentials}) => ({
    baseUrl: api_url,
    auth: selectAuth(credentials, 'type', {
      header: ({key}) => apiKey({header: 'X-Redmine-API-Key', value: key}),
      query: ({key}) => apiKey({query: 'key', value: key}),
      basic: ({username, password}) => basic({username, password}),
    }),
  }),
  check: ({http}) => http.get('/users/current.json'),
  streams: () => {
    const common = {schema, primaryKey: ['id']} as const;
    return [
      stream({
        ...common,
        name: 'issues',
        cursor: {field: 'updated_on', order: 'ascending'},
        read: ({http, since}) =>
          http.paginate('/issues.json', {
            query: {
              ...ALL,
              sort: 'updated_on,id',
              updated_on: since === undefined ? undefined : `>=${since}`,
            },
            records: 'issues',
            next: byOffset,
          }),
      }),
      stream({
        ...common,
        name: 'newest_first',
        read: ({http}) =>
          http.paginate('/issues.json', {query: ALL, records: 'issues', next: byOffset}),
      }),
      stream({
        ...common,
        name: 'by_id',
        read: ({http}) =>
          http.paginate('/issues.json', {query: ALL, records: 'issues', next: byId}),
      }),
    ];
  },
});

await run(source);
