#!/bin/sh
// 2>/dev/null; exec "$(dirname "$(readlink -f "$0")")/../../../scripts/node.sh" "$0" "$@"
// A source of Stripe's lists, for tests with stripe-mock. https://docs.stripe.com/api/pagination
import {basic, bearer, defineSource, lastId, run, type Schema, type Spec, stream} from 'headwater';

type Config = {
  api_url: string;
  secret_key: string;
  by: 'basic' | 'bearer';
  /** Undeclared parameters, which stripe-mock rejects. */
  query?: Record<string, string>;
  /** False ignores has_more. */
  has_more: boolean;
};
type Thing = {id: string; created: number};

const spec: Spec<Config> = {
  connectionSpecification: {
    type: 'object',
    required: ['api_url', 'secret_key'],
    properties: {
      api_url: {type: 'string'},
      secret_key: {type: 'string', airbyte_secret: true},
      by: {type: 'string', enum: ['basic', 'bearer'], default: 'bearer'},
      query: {type: 'object'},
      has_more: {type: 'boolean', default: true},
    },
  },
};
const schema: Schema<Thing> = {
  type: 'object',
  properties: {id: {type: 'string'}, created: {type: 'integer'}},
};

/** Each list with its own parameters. https://docs.stripe.com/api/expanding_objects */
const LISTS = {
  balance_transactions: {},
  charges: {'expand[]': ['data.customer', 'data.invoice']},
  customers: {},
  events: {'types[]': ['customer.created', 'customer.updated']},
  invoices: {status: 'paid', 'expand[]': ['data.subscription']},
  prices: {active: true},
  refunds: {},
  subscriptions: {status: 'all'},
};

const source = defineSource({
  name: 'stripe',
  spec,
  connect: ({api_url, secret_key, by}) => ({
    baseUrl: `${api_url}/v1`,
    // The key is the user name of Basic, without a password: https://docs.stripe.com/api/authentication
    auth: by === 'basic' ? basic({username: secret_key, password: ''}) : bearer(secret_key),
  }),
  // The server prints two lines for each request; those of parallel requests would mix.
  concurrency: 1,
  check: ({http}) => http.get('/customers', {query: {limit: 1}}),
  streams: ({config: {query = {}, has_more}}) =>
    Object.entries(LISTS).map(([name, parameters]) =>
      stream({
        name,
        schema,
        primaryKey: ['id'],
        // The newest come first.
        cursor: {field: 'created', start: 1_577_836_800},
        read: ({http, since}) =>
          http.paginate(`/${name}`, {
            query: {limit: 100, 'created[gte]': since, ...parameters, ...query},
            records: 'data',
            next: lastId('id', 'starting_after', has_more ? {more: 'has_more'} : {}),
          }),
      }),
    ),
});

await run(source);
