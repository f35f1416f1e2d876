import {ConfigError} from '../../errors.ts';
import type {JsonObject} from '../../json/values.ts';
import type {RequestScope} from '../request-scope.ts';
import {describeResponse} from '../response/faults.ts';
import type {Auth, AuthRuntime} from './auth.ts';
import {setHeader} from './header.ts';
import {holdToken, sendWithToken, type Token, tokenOf} from './held-token.ts';
import {postOf, type TokenLocation, tokenIn} from './post.ts';

export type SessionToken = {
  /** The POST that logs in. The path is under the API's base, or an absolute URL. */
  readonly login: {readonly path: string; readonly json: JsonObject};
  readonly token: TokenLocation;
  /** The header that carries the token. The prefix comes right before it, so it includes a space if there is one. */
  readonly send: {readonly header: string; readonly prefix?: string};
};

/** User names are not secrets: each would be masked in every log line that contains it. */
const SECRET_FIELD = /pass|pwd|secret|token|key|pin/i;

const secretsIn = (json: JsonObject): readonly string[] =>
  Object.entries(json).flatMap(([name, value]) =>
    SECRET_FIELD.test(name) && typeof value === 'string' ? [value] : [],
  );

const logIn = async (
  {login, token: location}: SessionToken,
  {send, resolve, onSecret, clock}: AuthRuntime,
  scope: RequestScope,
): Promise<Token> => {
  const request = postOf(scope, resolve(login.path), login.json);
  const sentAt = clock.now();
  const response = await send(request);
  if (response.status >= 300) {
    throw new ConfigError(
      `${describeResponse(request, response)} The login was refused: check the credentials in the config, and that this user may use the API.`,
    );
  }
  const token = tokenIn(request, response, location);
  onSecret(token);
  return tokenOf(token, sentAt, undefined);
};

/** Logs in before the first request, sends the token with each, and logs in again once after a 401. */
export const sessionToken =
  (options: SessionToken): Auth =>
  (send, runtime) => {
    for (const secret of secretsIn(options.login.json)) runtime.onSecret(secret);
    const {header, prefix = ''} = options.send;
    const token = holdToken((scope) => logIn(options, runtime, scope), runtime.clock);
    return sendWithToken(send, token, (request, value) =>
      setHeader(request, header.toLowerCase(), prefix + value),
    );
  };
