#!/bin/sh
// 2>/dev/null; exec "$(dirname "$(readlink -f "$0")")/../../../scripts/node.sh" "$0" "$@"
// A source of PostGraphile, for tests with a million rows and Relay cursors. test/servers/postgraphile.ts has its tables.
import {defineSource, type HttpClient, relay, run, type Schema, type Spec, stream} from 'headwater';

type Config = {api_url: string; page_size: number; checkpoint_interval: number};
type Event = {id: string; kind: string; payload: string; updated_at: string};

const spec: Spec<Config> = {
  connectionSpecification: {
    type: 'object',
    required: ['api_url'],
    properties: {
      api_url: {type: 'string'},
      page_size: {type: 'integer', default: 2_000},
      checkpoint_interval: {type: 'integer', default: 60_000},
    },
  },
};

const text = {type: 'string'};
const schema: Schema<Event> = {
  type: 'object',
  properties: {
    id: text,
    kind: text,
    payload: text,
    updated_at: {type: 'string', format: 'date-time'},
  },
};

const EVENT = 'id: rowId kind payload updated_at: updatedAt';
const PAGE_INFO = 'pageInfo { hasNextPage endCursor }';
// PostGraphile does not know that a function's rows are unique, and takes a cursor only if their order is. Thousands share a
// time, so the order needs the id.
const SORTED = 'first: $first, after: $after, orderBy: [UPDATED_AT_ASC, ROW_ID_ASC]';

const ALL = `query ($first: Int!, $after: Cursor) {
  allEvents(${SORTED}) { nodes { ${EVENT} } ${PAGE_INFO} }
}`;
const SINCE = `query ($first: Int!, $after: Cursor, $since: Datetime!) {
  eventsSince(since: $since, ${SORTED}) { nodes { ${EVENT} } ${PAGE_INFO} }
}`;
const HIDDEN = `query ($first: Int!, $after: Cursor) {
  hiddenEvents(first: $first, after: $after) { edges { node { ${EVENT} } } ${PAGE_INFO} }
}`;

const source = defineSource({
  name: 'postgraphile',
  spec,
  connect: ({api_url}) => ({baseUrl: api_url, graphqlPath: '/graphql'}),
  check: ({http}) => http.graphql('{ allEvents(first: 1) { nodes { rowId } } }'),
  streams: ({config: {page_size: first, checkpoint_interval: milliseconds}}) => {
    const list = (http: HttpClient, field: string, query: string, variables: object = {}) =>
      http.paginate<Event>('/graphql', {
        method: 'POST',
        json: {query, variables: {first, ...variables}},
        next: relay(`data.${field}`),
      });
    return [
      stream({
        name: 'events',
        schema,
        primaryKey: ['id'],
        cursor: {field: 'updated_at', order: 'ascending'},
        checkpointInterval: {milliseconds},
        read: ({http, since}) =>
          since === undefined
            ? list(http, 'allEvents', ALL)
            : list(http, 'eventsSince', SINCE, {since}),
      }),
      stream({name: 'hidden', schema, read: ({http}) => list(http, 'hiddenEvents', HIDDEN)}),
      stream({
        name: 'misspelt',
        schema,
        read: ({http}) => list(http, 'allEvents', ALL.replace('payload', 'paylaod')),
      }),
      stream({
        name: 'broken_cursor',
        schema,
        read: ({http}) => list(http, 'allEvents', ALL, {after: 'x'}),
      }),
    ];
  },
});

await run(source);
