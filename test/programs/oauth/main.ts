#!/bin/sh
// 2>/dev/null; exec "$(dirname "$(readlink -f "$0")")/../../../scripts/node.sh" "$0" "$@"
// A source with OAuth 2, for tests with a real server. Its check sends 50 requests at once, and again after each pause, when
// the tokens have expired.
import {setTimeout as delay} from 'node:timers/promises';
import {defineSource, oauth2, run, type Spec, selectAuth, stream} from 'headwater';

type Credentials =
  | {type: 'basic' | 'post'; id: string; secret: string}
  | {type: 'signed'; id: string; key: string; audience: string}
  | {type: 'refresh'; id: string; secret: string; refresh_token: string};
type Config = {api_url: string; credentials: Credentials; pauses?: number[]};

const spec: Spec<Config> = {
  connectionSpecification: {
    type: 'object',
    required: ['api_url', 'credentials'],
    properties: {
      api_url: {type: 'string'},
      credentials: {
        type: 'object',
        properties: {
          secret: {type: 'string', airbyte_secret: true},
          key: {type: 'string', airbyte_secret: true},
          refresh_token: {type: 'string', airbyte_secret: true},
        },
      },
      pauses: {type: 'array', items: {type: 'integer'}, default: [0]},
    },
  },
};

const server = {tokenUrl: '/token', scope: 'read'};
const byClient = {...server, grant: 'client_credentials'} as const;

const source = defineSource({
  name: 'oauth',
  spec,
  connect: ({api_url, credentials}) => ({
    baseUrl: api_url,
    auth: selectAuth(credentials, 'type', {
      basic: ({id, secret}) => oauth2({...byClient, client: {id, secret}}),
      post: ({id, secret}) => oauth2({...byClient, client: {id, secret, sentAs: 'post'}}),
      signed: ({id, ...key}) =>
        oauth2({...byClient, client: {id, algorithm: 'ES256', keyId: 'k1', ...key}}),
      refresh: ({id, secret, refresh_token}) =>
        oauth2({...server, client: {id, secret}, grant: {refreshToken: refresh_token}}),
    }),
  }),
  check: async ({http, config}) => {
    for (const pause of config.pauses ?? []) {
      await delay(pause);
      await Promise.all(Array.from({length: 50}, () => http.get('/items')));
    }
  },
  streams: () => [
    stream<{id: number}>({name: 'items', schema: {}, read: ({http}) => http.paginate('/items')}),
  ],
});

await run(source);
