import type {JsonObject} from '../../json/values.ts';
import type {RequestScope} from '../request-scope.ts';
import type {Auth, AuthRuntime} from './auth.ts';
import {setHeader} from './header.ts';
import {holdToken, sendWithToken, type Token, tokenOf} from './held-token.ts';
import {type TokenLocation, tokenIn} from './login.ts';
import {postOf} from './post.ts';

export type SessionToken = {
  /** The POST that logs in. The path is under the API's base, or an absolute URL. */
  readonly login: {readonly path: string; readonly json: JsonObject};
  readonly token: TokenLocation;
  /** The header that carries the token. The prefix comes right before it, so it includes a space if there is one. */
  readonly send: {readonly header: string; readonly prefix?: string};
};

/** User names are not secrets: each would be masked in every log line that contains it. */
const SECRET_FIELD = /pass|pwd|secret|token|key|pin/i;

/** Also those of nested objects: JSON-RPC has them in `params`. */
const secretsIn = (json: unknown): readonly string[] =>
  typeof json !== 'object' || json === null
    ? []
    : Object.entries(json).flatMap(([name, value]) =>
        SECRET_FIELD.test(name) && typeof value === 'string' ? [value] : secretsIn(value),
      );

const logIn = async (
  {login, token: location}: SessionToken,
  runtime: AuthRuntime,
  scope: RequestScope,
): Promise<Token> => {
  const request = postOf(scope, runtime.resolve(login.path), login.json);
  const sentAt = runtime.clock.now();
  const token = tokenIn(request, await runtime.send(request), location, runtime);
  runtime.onSecret(token);
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
