// How a client of an OAuth 2 server proves who it is: RFC 6749 §2.3.1 and RFC 7523 §2.2.
import type {ClientAuth} from 'oauth4webapi';
import type {AuthRuntime} from './auth.ts';
import {importPrivateKey, validity} from './signing.ts';

export type OAuthClient = {readonly id: string} & (
  | {
      readonly secret: string;
      /** In the header, which is the standard's default, or in the body, which some servers ask for. */
      readonly sentAs?: 'basic' | 'post';
    }
  | {
      /** A private key in PEM: the client signs a token of its own (`private_key_jwt`). */
      readonly key: string;
      readonly algorithm: 'RS256' | 'ES256';
      readonly keyId?: string;
      /** What the server takes as its own name; the token URL unless said otherwise. */
      readonly audience?: string;
    }
  /** A public client, which only says its name. */
  | Record<never, never>
);

const ASSERTION_LIFE = 120;

const formEncoded = (text: string): string => new URLSearchParams([['', text]]).toString().slice(1);

/**
 * The standard wants id and secret encoded as in a form before they become Basic, and half of the servers do not
 * decode them. Not oauth4webapi's: it encodes `-`, `_` and `.` as well, which a form does not, and which most ids have.
 */
const basicAuth = (id: string, secret: string, {onSecret}: AuthRuntime): ClientAuth => {
  const [user, password] = [formEncoded(id), formEncoded(secret)];
  const credentials = Buffer.from(`${user}:${password}`).toString('base64');
  onSecret(password);
  onSecret(credentials);
  return (_server, _client, _body, headers) => headers.set('authorization', `Basic ${credentials}`);
};

/** What oauth4webapi needs to put a client's proof into a request. */
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
