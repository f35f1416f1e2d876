import {SystemError} from '../../errors.ts';
import type {RequestScope} from '../request-scope.ts';
import type {Auth, AuthRuntime} from './auth.ts';
import {clientAuthOf, type OAuthClient} from './client-auth.ts';
import {assertToken, setHeader} from './header.ts';
import {holdToken, sendWithToken, type Token, tokenOf} from './held-token.ts';
import {requestToken} from './token-endpoint.ts';

export type OAuth2 = {
  /** A path under the API's base, or an absolute URL. */
  readonly tokenUrl: string;
  readonly client: OAuthClient;
  /** The client itself, or the refresh token of a user. */
  readonly grant: 'client_credentials' | {readonly refreshToken: string};
  /** Names, separated by spaces. */
  readonly scope?: string;
  /** Further parameters that this server requires: `audience`, `resource`. */
  readonly parameters?: Readonly<Record<string, string>>;
};

/** A failure must end the run: the user's token is invalid by now, and the new one would be lost with the process. */
const saveRotated = async ({onRotated}: AuthRuntime, from: string, to: string): Promise<void> => {
  try {
    await onRotated({from, to});
  } catch (cause) {
    throw new SystemError(
      'The server issued a new refresh token, which could not be saved (the CONTROL message failed), so it was not used. Authorize again if the next run is refused.',
      {cause},
    );
  }
};

const tokenSource = (
  {tokenUrl, client, grant, scope: rights, parameters}: OAuth2,
  runtime: AuthRuntime,
) => {
  let refreshToken = grant === 'client_credentials' ? undefined : grant.refreshToken;
  const url = runtime.resolve(tokenUrl);
  const common = {...parameters, ...(rights !== undefined && {scope: rights})};
  return async (scope: RequestScope): Promise<Token> => {
    const sentAt = runtime.clock.now();
    const granted = await requestToken(
      {
        scope,
        tokenUrl: url,
        clientId: client.id,
        clientAuth: await clientAuthOf(client, url, runtime),
        ...(refreshToken === undefined
          ? {grant: 'client_credentials', parameters: common}
          : {grant: 'refresh_token', parameters: {...common, refresh_token: refreshToken}}),
      },
      runtime,
    );
    runtime.onSecret(granted.access_token);
    const next = granted.refresh_token;
    if (refreshToken !== undefined && next !== undefined && next !== refreshToken) {
      runtime.onSecret(next);
      await saveRotated(runtime, refreshToken, next);
      refreshToken = next;
    }
    const life = granted.expires_in === undefined ? undefined : granted.expires_in * 1_000;
    return tokenOf(granted.access_token, sentAt, life);
  };
};

/**
 * Access tokens of an OAuth 2 server (RFC 6749). One is fetched for the first request, shortly before the last one expires,
 * and once after a 401. If the server replaces the refresh token, a CONTROL message with the whole new config is emitted
 * before the new tokens are used.
 */
export const oauth2 = (options: OAuth2): Auth => {
  if (options.grant !== 'client_credentials') assertToken(options.grant.refreshToken);
  return (send, runtime) => {
    if (options.grant !== 'client_credentials') runtime.onSecret(options.grant.refreshToken);
    const token = holdToken(tokenSource(options, runtime), runtime.clock);
    return sendWithToken(send, token, (request, value) =>
      setHeader(request, 'authorization', `Bearer ${value}`),
    );
  };
};
