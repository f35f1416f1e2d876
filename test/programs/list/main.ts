#!/bin/sh
// 2>/dev/null; exec "$(dirname "$(readlink -f "$0")")/../../../scripts/node.sh" "$0" "$@"
// A source that follows a list from page to page, for tests with servers that refuse who asks too fast, break off, or are
// slow. The config has what other sources would know: where the list begins, which limits there are, how often to try.
import {
  defineSource,
  type HttpOptions,
  nextUrl,
  page,
  run,
  type Schema,
  type Spec,
  stream,
} from '#cdk';

type Config = Pick<HttpOptions, 'limits' | 'retry' | 'timeouts' | 'headers'> & {
  api_url: string;
  path: string;
  /** How `at_once` asks for the first page: so many at the same time, each so often. */
  lanes?: number;
  requests?: number;
};
type Item = {id: number};

const spec: Spec<Config> = {
  connectionSpecification: {
    type: 'object',
    required: ['api_url', 'path'],
    properties: {
      api_url: {type: 'string'},
      path: {type: 'string'},
      limits: {type: 'array', items: {type: 'object', required: ['requests', 'per']}},
      retry: {type: 'object'},
      timeouts: {type: 'object'},
      headers: {type: 'object'},
      lanes: {type: 'integer', default: 1},
      requests: {type: 'integer', default: 1},
    },
  },
};
const schema: Schema<Item> = {type: 'object', properties: {id: {type: 'integer'}}};

const source = defineSource({
  name: 'list',
  spec,
  connect: ({api_url, limits = [], retry = {}, timeouts = {}, headers = {}}) => ({
    baseUrl: api_url,
    limits,
    retry,
    timeouts,
    headers,
  }),
  check: ({http, config}) => http.get(config.path),
  streams: ({config}) => [
    stream({
      name: 'items',
      schema,
      primaryKey: ['id'],
      read: ({http}) => http.paginate(config.path, {records: 'items', next: nextUrl('next')}),
    }),
    stream({
      name: 'at_once',
      schema,
      async *read({http}) {
        const {path, lanes = 1, requests = 1} = config;
        const ask = () => http.get<{items: Item[]}>(path);
        const askInTurn = async () => {
          const items: Item[] = [];
          for (let sent = 0; sent < requests; sent += 1) items.push(...(await ask()).items);
          return items;
        };
        const lists = await Promise.all(Array.from({length: lanes}, askInTurn));
        yield page(lists.flat());
      },
    }),
  ],
});

await run(source);
