// Sends a request to an OAuth 2 token endpoint. oauth4webapi builds the request and checks the response.
import type {ClientAuth, TokenEndpointResponse} from 'oauth4webapi';
import {ConfigError, SystemError, TransientError} from '../../errors.ts';
import {isObject, type JsonObject} from '../../json/values.ts';
import type {RequestScope} from '../request-scope.ts';
import {actionOf} from '../response/action.ts';
import {describeResponse} from '../response/faults.ts';
import {jsonOf} from '../response/json-body.ts';
import {describeRequest, type HttpRequest, type HttpResponse} from '../types.ts';
import type {AuthRuntime} from './auth.ts';
import {assertNoRefusal, refusedLogin} from './login.ts';

export type TokenRequest = {
  readonly tokenUrl: URL;
  /** OAuth's name of the grant: `client_credentials`, `refresh_token`. */
  readonly grant: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly clientId: string;
  readonly clientAuth: ClientAuth;
  /** The scope of the request that needs the token. */
  readonly scope: RequestScope;
};

const ADVICE: Readonly<Record<string, string>> = {
  invalid_client:
    'The client id, or the secret or key that goes with it, is wrong, expired or revoked: check both in the config.',
  unauthorized_client:
    'This client may not log in this way: allow the grant where the client is registered.',
  invalid_grant:
    'The authorization has expired, or was revoked or already used: authorize again, and put the new credentials into the config.',
  invalid_scope: 'The client may not have this scope: grant it where the client is registered.',
};
/** GitHub's own codes, sent with status 200. */
const SYNONYMS: Readonly<Record<string, string>> = {
  incorrect_client_credentials: 'invalid_client',
  bad_refresh_token: 'invalid_grant',
};
/** Codes of transient errors. Those with a 5xx have already been retried. */
const TRANSIENT = new Set(['temporarily_unavailable', 'server_error', 'slow_down']);

const refused = (
  request: HttpRequest,
  response: HttpResponse,
  code: unknown,
  runtime: AuthRuntime,
): Error => {
  if (response.rule !== undefined) return refusedLogin(request, response, runtime);
  const explained = runtime.explain?.(response);
  if (explained !== undefined) return explained;
  const message = describeResponse(request, response);
  if (typeof code === 'string') {
    if (TRANSIENT.has(code)) return new TransientError(`${message} (${code}) Try again later.`);
    const advice = ADVICE[SYNONYMS[code] ?? code];
    if (advice !== undefined) return new ConfigError(`${message} (${code}) ${advice}`);
  }
  return response.status === 401 || response.status === 403
    ? new ConfigError(`${message} ${ADVICE['invalid_client']}`)
    : new SystemError(`${message} The server issued no access token.`);
};

/** A positive number of seconds, as a number or a string; undefined if it is missing or unreadable. */
const lifeIn = (value: unknown): number | undefined => {
  const isReadable =
    typeof value === 'number' ||
    (typeof value === 'string' && /^\s*\d{1,12}(\.\d{1,9})?\s*$/.test(value));
  const seconds = isReadable ? Number(value) : 0;
  return Number.isFinite(seconds) && seconds > 0 ? seconds : undefined;
};

/** GitHub and others send a form: https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps */
const formIn = ({body}: HttpResponse): JsonObject => {
  const text = body.toString('utf8', 0, 20_000).trim();
  return /^[\w-]+=[^\s<>{}]*$/.test(text) ? Object.fromEntries(new URLSearchParams(text)) : {};
};

/** The fields that are used, as the standard has them. `scope` may be a list elsewhere, `refresh_token` null. */
const conforming = (granted: JsonObject): JsonObject => {
  const {access_token, refresh_token, expires_in} = granted;
  const life = lifeIn(expires_in);
  return {
    access_token,
    token_type: 'bearer',
    ...(typeof refresh_token === 'string' && refresh_token !== '' && {refresh_token}),
    ...(life !== undefined && {expires_in: life}),
  };
};

/**
 * Makes oauth4webapi send through the runtime, for its time limits and retries, and makes the responses conform: servers omit
 * `token_type` or invent one, respond with 201, send no content type, send errors with status 200, and send ID tokens,
 * whose checks are for user logins.
 */
const strictFetch =
  (runtime: AuthRuntime, scope: RequestScope) =>
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
    const response = await runtime.send(request);
    const json = jsonOf(response);
    const granted = isObject(json) ? json : formIn(response);
    const isGranted = granted['access_token'] !== undefined;
    if (actionOf(response) !== 'success' || (granted['error'] && !isGranted)) {
      throw refused(request, response, granted['error'], runtime);
    }
    if (!isGranted) assertNoRefusal(request, response, runtime);
    return Response.json(conforming(granted));
  };

export const requestToken = async (
  {tokenUrl, grant, parameters, clientId, clientAuth, scope}: TokenRequest,
  runtime: AuthRuntime,
): Promise<TokenEndpointResponse> => {
  const oauth = await import('oauth4webapi');
  const server = {issuer: tokenUrl.href, token_endpoint: tokenUrl.href};
  const client = {client_id: clientId};
  const options = {
    [oauth.customFetch]: strictFetch(runtime, scope),
    // For servers in a private network. The URL is the author's choice.
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
      `${request} returned no usable access token. Check that the token URL is the one of this API.`,
      {cause},
    );
  }
};
