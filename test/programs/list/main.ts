#!/bin/sh
// 2>/dev/null; exec "$(dirname "$(readlink -f "$0")")/../../../scripts/node.sh" "$0" "$@"
// A source that reads a list page by page, for tests with servers that throttle, break connections, or are slow. The config
// has the path of the list, the limits and the retries.
import {
  defineSource,
  type HttpOptions,
  nextUrl,
  page,
  run,
  type Schema,
  type Spec,
  stream,
} from 'headwater';

type Config = Pick<HttpOptions, 'limits' | 'retry' | 'timeouts' | 'headers'> & {
  api_url: string;
  path: string;
  /** The stream `at_once` requests the first page in so many parallel loops. */
  loops?: number;
  /** The requests of each loop. */
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
      loops: {type: 'integer', default: 1},
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
        const {path, loops = 1, requests = 1} = config;
        const loop = async () => {
          const items: Item[] = [];
          for (let sent = 0; sent < requests; sent += 1) {
            items.push(...(await http.get<{items: Item[]}>(path)).items);
          }
          return items;
        };
        const lists = await Promise.all(Array.from({length: loops}, loop));
        yield page(lists.flat());
      },
    }),
  ],
});

await run(source);
