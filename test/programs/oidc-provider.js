// A certified OAuth 2 server for test/servers: node oidc-provider.js '<the public key of the client "signer" as JWK>'
// Prints its port. Access tokens live for two seconds. A refresh token can be used once; a second use revokes the grant.
// An API at /items accepts its access tokens. GET /log returns the events since the last call.
import {createServer} from 'node:http';
import {Provider} from 'oidc-provider';
import {registerAuthorization, registerSecret} from '../../cdk/testing/recording.ts';

const RESOURCE = 'urn:items';
const LIFE = 2;

const server = createServer();
await new Promise((resolve) => {
  server.listen(0, '127.0.0.1', resolve);
});
const {port} = server.address();
const issuer = `http://127.0.0.1:${port}`;

const machine = {grant_types: ['client_credentials'], redirect_uris: [], response_types: []};
const provider = new Provider(issuer, {
  clients: [
    {...machine, client_id: 'by-basic', client_secret: 's3-cr+et'},
    {
      ...machine,
      client_id: 'by-post',
      client_secret: 's3-cr+et',
      token_endpoint_auth_method: 'client_secret_post',
    },
    {
      ...machine,
      client_id: 'signer',
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: {keys: [JSON.parse(process.argv[2] ?? '{}')]},
    },
    {
      client_id: 'web',
      client_secret: 's3-cr+et',
      grant_types: ['authorization_code', 'refresh_token'],
      redirect_uris: ['http://127.0.0.1:1/callback'],
    },
  ],
  features: {
    clientCredentials: {enabled: true},
    resourceIndicators: {
      enabled: true,
      defaultResource: () => RESOURCE,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({
        scope: 'read',
        accessTokenFormat: 'opaque',
        accessTokenTTL: LIFE,
      }),
    },
  },
  rotateRefreshToken: true,
  issueRefreshToken: () => true,
  findAccount: (_ctx, sub) => ({accountId: sub, claims: () => ({sub})}),
  ttl: {AccessToken: LIFE, ClientCredentials: LIFE, RefreshToken: 3_600, Grant: 3_600},
});

const log = [];
provider.on('grant.success', ({oidc}) => log.push(`granted ${oidc.params.grant_type}`));
provider.on('grant.error', ({oidc}, error) =>
  log.push(`refused ${oidc.params?.grant_type}: ${error.error_detail ?? error.message}`),
);
provider.on('grant.revoked', () => log.push('revoked'));

/** Makes the refresh token that a user's consent in a browser would give. */
const consent = async () => {
  const client = await provider.Client.find('web');
  const grant = new provider.Grant({accountId: 'alice', clientId: 'web'});
  grant.addOIDCScope('openid offline_access');
  grant.addResourceScope(RESOURCE, 'read');
  const grantId = await grant.save();
  const token = new provider.RefreshToken({
    accountId: 'alice',
    client,
    grantId,
    gty: 'authorization_code',
    resource: RESOURCE,
    rotations: 0,
    scope: 'openid offline_access read',
    iiat: Math.floor(Date.now() / 1_000),
  });
  return token.save();
};

const isGood = async (authorization = '') => {
  const value = authorization.replace('Bearer ', '');
  const token =
    (await provider.AccessToken.find(value)) ?? (await provider.ClientCredentials.find(value));
  return token !== undefined && !token.isExpired;
};

const reply = (response, status, body) =>
  response.writeHead(status, {'content-type': 'application/json'}).end(JSON.stringify(body));

/** Registers every token in a response. */
const registerTokens = (response) => {
  const end = response.end.bind(response);
  response.end = (body, ...rest) => {
    try {
      const {access_token = '', refresh_token = ''} = JSON.parse(String(body));
      registerSecret('an access token of oidc-provider', access_token);
      registerSecret('a refresh token of oidc-provider', refresh_token);
    } catch {
      // Not JSON, so it has no tokens.
    }
    return end(body, ...rest);
  };
};
provider.on('grant.success', ({oidc}) =>
  registerSecret('a client assertion', oidc.params.client_assertion ?? ''),
);

const oidc = provider.callback();
server.on('request', async (request, response) => {
  registerTokens(response);
  registerAuthorization('a token sent to oidc-provider', request.headers.authorization);
  switch (request.url) {
    case '/log':
      return reply(response, 200, log.splice(0));
    case '/consent':
      return reply(response, 200, {refresh_token: await consent()});
    case '/items':
      return (await isGood(request.headers.authorization))
        ? reply(response, 200, [{id: 1}])
        : reply(response, 401, {message: 'Token expired'});
    default:
      return oidc(request, response);
  }
});
console.log(port);
