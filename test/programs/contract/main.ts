#!/bin/sh
// 2>/dev/null; exec "$(dirname "$(readlink -f "$0")")/../../../scripts/node.sh" "$0" "$@"
// A source that reads one list of an API, for tests with Prism, which serves an API from its contract. The config names the
// list, the place of the API key, and the response to send (https://docs.stoplight.io/docs/prism, Prefer).
import {apiKey, defineSource, linkHeader, run, type Schema, type Spec, stream} from 'headwater';

type Config = {
  api_url: string;
  path: string;
  query?: Record<string, string>;
  api_key?: Parameters<typeof apiKey>[0];
  prefer?: string;
  allowed_hosts?: string[];
  max_pages?: number;
};
type Item = {id?: number};

const object = {type: 'object'};
const spec: Spec<Config> = {
  connectionSpecification: {
    type: 'object',
    required: ['api_url', 'path'],
    properties: {
      api_url: {type: 'string'},
      path: {type: 'string'},
      query: object,
      api_key: {...object, properties: {value: {type: 'string', airbyte_secret: true}}},
      prefer: {type: 'string'},
      allowed_hosts: {type: 'array', items: {type: 'string'}},
      max_pages: {type: 'integer'},
    },
  },
};
const schema: Schema<Item> = {type: 'object', properties: {id: {type: 'integer'}}};

const source = defineSource({
  name: 'contract',
  spec,
  connect: ({api_url, api_key, prefer, allowed_hosts}) => ({
    baseUrl: api_url,
    headers: prefer === undefined ? {} : {prefer},
    retry: {attempts: 3, base: {milliseconds: 50}},
    ...(api_key && {auth: apiKey(api_key)}),
    ...(allowed_hosts && {allowedHosts: allowed_hosts}),
  }),
  check: ({http, config: {path, query = {}}}) => http.get(path, {query}),
  streams: ({config: {path, query = {}, max_pages}}) => [
    stream({
      name: 'items',
      schema,
      read: ({http}) =>
        http.paginate(path, {
          query,
          next: linkHeader(),
          ...(max_pages !== undefined && {maxPages: max_pages}),
        }),
    }),
  ],
});

await run(source);
