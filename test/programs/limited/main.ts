#!/bin/sh
// 2>/dev/null; exec "$(dirname "$(readlink -f "$0")")/../../../scripts/node.sh" "$0" "$@"
// A source that follows a list from page to page, for tests with a server that refuses who asks too fast. The config
// has what other sources would know: where the list begins, which limits there are, how often to try.
import {defineSource, type Limit, nextUrl, run, type Schema, type Spec, stream} from '#cdk';

type Config = {api_url: string; path: string; limits?: Limit[]; attempts?: number};
type Item = {id: number};

const spec: Spec<Config> = {
  connectionSpecification: {
    type: 'object',
    required: ['api_url', 'path'],
    properties: {
      api_url: {type: 'string'},
      path: {type: 'string'},
      limits: {type: 'array', items: {type: 'object', required: ['requests', 'per']}},
      attempts: {type: 'integer'},
    },
  },
};
const schema: Schema<Item> = {type: 'object', properties: {id: {type: 'integer'}}};

const source = defineSource({
  name: 'limited',
  spec,
  connect: ({api_url, limits = [], attempts}) => ({
    baseUrl: api_url,
    limits,
    retry: attempts === undefined ? {} : {attempts},
  }),
  check: ({http, config}) => http.get(config.path),
  streams: ({http, config}) => [
    stream({
      name: 'items',
      schema,
      primaryKey: ['id'],
      read: () => http.paginate<Item>(config.path, {records: 'items', next: nextUrl('next')}),
    }),
  ],
});

await run(source);
