// One request to an OAuth 2 token endpoint. oauth4webapi writes the request and checks the answer.
import type {ClientAuth, TokenEndpointResponse} from 'oauth4webapi';
import {ConfigError, SystemError, TransientError} from '../../errors.ts';
import {isObject} from '../../json/values.ts';
import {describeResponse} from '../response/faults.ts';
import type {RequestScope} from '../scope.ts';
import {describeRequest, type HttpRequest, type HttpResponse, type Send} from '../types.ts';

export type TokenRequest = {
  readonly tokenUrl: URL;
  /** OAuth's name of the grant: `client_credentials`, `refresh_token`. */
  readonly grant: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly clientId: string;
  readonly clientAuth: ClientAuth;
  /** That of the request which needs the token. */
  readonly scope: RequestScope;
};

const ADVICE: Readonly<Record<string, string>> = {
  invalid_client:
    'The client id, or the secret or key that goes with it, is wrong, expired or revoked: check both in the config.',
  unauthorized_client:
    'This client may not log in this way: allow the grant where the client is registered.',
  invalid_grant:
    'What was authorized is expired, revoked or was used before: authorize again, and put the new credentials into the config.',
  invalid_scope: 'The client may not have this scope: grant it where the client is registered.',
};
/** GitHub's own words, sent with status 200. */
const SYNONYMS: Readonly<Record<string, string>> = {
  incorrect_client_credentials: 'invalid_client',
  bad_refresh_token: 'invalid_grant',
};
/** Codes for what passes; a server that answers them with 5xx has been retried before. */
const PASSING = new Set(['temporarily_unavailable', 'server_error', 'slow_down']);

const parse = (body: Buffer): unknown => {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
};

/** A refusal of the endpoint, in words that say what to do. */
const refused = (request: HttpRequest, response: HttpResponse, code: unknown): Error => {
  const told = describeResponse(request, response);
  if (typeof code === 'string') {
    if (PASSING.has(code)) return new TransientError(`${told} (${code}) Try again later.`);
    const advice = ADVICE[SYNONYMS[code] ?? code];
    if (advice !== undefined) return new ConfigError(`${told} (${code}) ${advice}`);
  }
  return response.status === 401 || response.status === 403
    ? new ConfigError(`${told} ${ADVICE['invalid_client']}`)
    : new SystemError(`${told} No access token was given.`);
};

/**
 * Lets oauth4webapi send through ours, for its time limits and retries. The answer is made strict on the way:
 * servers leave `token_type` out or invent one, answer 201, name no content type, send errors with status 200, and
 * send ID tokens, whose checks are about logging people in.
 */
const strictFetch =
  (send: Send, scope: RequestScope) =>
  async (
    url: string,
    {body, headers}: {body: URLSearchParams; headers: Record<string, string>},
  ) => {
    const request: HttpRequest = {
      method: 'POST',
      url: new URL(url),
      scope,
      headers: {'user-agent': 'headwater', accept: 'application/json', ...headers},
      form: Object.fromEntries(body),
      redirect: 'refuse',
    };
    const response = await send(request);
    const json = parse(response.body);
    const granted = isObject(json) ? json : {};
    if (response.status >= 300 || (granted['error'] && granted['access_token'] === undefined)) {
      throw refused(request, response, granted['error']);
    }
    const {id_token: _, ...rest} = granted;
    return Response.json({...rest, token_type: 'bearer'});
  };

/** Asks for an access token. */
export const requestToken = async (
  {tokenUrl, grant, parameters, clientId, clientAuth, scope}: TokenRequest,
  send: Send,
): Promise<TokenEndpointResponse> => {
  const oauth = await import('oauth4webapi');
  const server = {issuer: tokenUrl.href, token_endpoint: tokenUrl.href};
  const client = {client_id: clientId};
  const options = {
    [oauth.customFetch]: strictFetch(send, scope),
    // http is for servers inside a network of one's own; the URL is the author's choice.
    [oauth.allowInsecureRequests]: true,
  };
  const response = await oauth.genericTokenEndpointRequest(
    server,
    client,
    clientAuth,
    grant,
    {...parameters},
    options,
  );
  try {
    return await oauth.processGenericTokenEndpointResponse(server, client, response);
  } catch (cause) {
    const request = describeRequest({method: 'POST', url: tokenUrl});
    throw new SystemError(
      `${request} gave no access token that can be used. Is the token URL the one of this API?`,
      {cause},
    );
  }
};
