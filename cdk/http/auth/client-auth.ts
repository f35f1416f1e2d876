// Authentication of an OAuth 2 client at its server: RFC 6749 §2.3.1 and RFC 7523 §2.2.
import type {ClientAuth} from 'oauth4webapi';
import type {AuthRuntime} from './auth.ts';
import {importPrivateKey, validity} from './signing.ts';

export type OAuthClient = {readonly id: string} & (
  | {
      readonly secret: string;
      /** In the header (`basic`, the default and the standard's), or in the body (`post`), which some servers require. */
      readonly sentAs?: 'basic' | 'post';
    }
  | {
      /** A private key in PEM, with which the client signs a token (`private_key_jwt`). */
      readonly key: string;
      readonly algorithm: 'RS256' | 'ES256';
      readonly keyId?: string;
      /** The `aud` that the server expects. Default: the token URL. */
      readonly audience?: string;
    }
  /** A public client, which only sends its id. */
  | Record<never, never>
);

const ASSERTION_LIFE = 120;

const formEncoded = (text: string): string => new URLSearchParams([['', text]]).toString().slice(1);

/**
 * The standard requires form encoding of id and secret, but half of the servers do not decode them. oauth4webapi's version
 * is not used, since it also encodes `-`, `_` and `.`, which a form does not, and which most ids contain.
 */
const basicAuth = (id: string, secret: string, {onSecret}: AuthRuntime): ClientAuth => {
  const [user, password] = [formEncoded(id), formEncoded(secret)];
  const credentials = Buffer.from(`${user}:${password}`).toString('base64');
  onSecret(password);
  onSecret(credentials);
  return (_server, _client, _body, headers) => headers.set('authorization', `Basic ${credentials}`);
};

export const clientAuthOf = async (
  client: OAuthClient,
  tokenUrl: URL,
  runtime: AuthRuntime,
): Promise<ClientAuth> => {
  const oauth = await import('oauth4webapi');
  if ('key' in client) {
    const {key, algorithm, keyId, audience = tokenUrl.href} = client;
    const privateKey = await importPrivateKey(key, algorithm);
    return oauth.PrivateKeyJwt(
      {key: privateKey, ...(keyId !== undefined && {kid: keyId})},
      {
        [oauth.modifyAssertion]: (_header, claims) => {
          const {iat, exp} = validity(runtime.clock.now(), ASSERTION_LIFE);
          Object.assign(claims, {aud: audience, iat, nbf: iat, exp});
        },
      },
    );
  }
  if (!('secret' in client)) return oauth.None();
  runtime.onSecret(client.secret);
  return client.sentAs === 'post'
    ? oauth.ClientSecretPost(client.secret)
    : basicAuth(client.id, client.secret, runtime);
};
