// Credentials go to the API's own origins only, and what they consist of is recognized wherever else it turns up.
import {baseUrlOf} from '../base-url.ts';
import type {HttpRequest, HttpResponse, ResponseRule, Send} from '../types.ts';
import type {ReachOptions} from '../wire/reach.ts';
import type {Auth, AuthRuntime} from './auth.ts';

/** The origins that get the credentials: a link in a response must not carry them elsewhere. */
export const authOriginsOf = ({
  baseUrl,
  authOrigins = [],
}: Pick<ReachOptions, 'baseUrl' | 'authOrigins'>): readonly string[] =>
  [...(baseUrl === undefined ? [] : [baseUrl]), ...authOrigins].map(
    (url) => new URL(baseUrlOf(url)).origin,
  );

/** Sends with the credentials to these origins, and without them to others. */
export const onlyTo = (
  origins: readonly string[],
  {auth, rules: ruled = []}: {readonly auth?: Auth; readonly rules?: readonly ResponseRule[]},
  {send, ...runtime}: AuthRuntime,
): Send => {
  const login: Send = (request) => send({...request, rules: [...(request.rules ?? []), ...ruled]});
  const authorized = auth?.(send, {...runtime, send: login}) ?? send;
  return (request) => (origins.includes(request.url.origin) ? authorized(request) : send(request));
};

/** Says why a refused request had no credentials; undefined if it had them. */
export const withheldFrom = (
  origins: readonly string[],
  {url}: HttpRequest,
  {url: last}: HttpResponse,
): string | undefined => {
  const why = `because they are for ${origins.join(' and ')} only`;
  if (!origins.includes(url.origin)) {
    return `No credentials were sent to ${url.origin}, ${why}. If that is the address of the API, set it in the config; if the source should send them there too, list it in \`authOrigins\`.`;
  }
  return last.origin === url.origin
    ? undefined
    : `No credentials were sent to ${last.origin}, ${why}. If the API has moved, set its new URL in the config.`;
};

/** Shorter secrets are in any string by chance. */
const SHORTEST_PART = 3;

/** Passes secrets on to the run, and recognizes them, as well as those that the run knows from elsewhere. */
export const secretKeeper = ({
  onSecret = () => {},
  redact = (text) => text,
}: Partial<Pick<AuthRuntime, 'onSecret'>> & {readonly redact?: (text: string) => string}) => {
  const known = new Set<string>();
  return {
    onSecret: (secret: string): void => {
      if (secret !== '') known.add(secret);
      onSecret(secret);
    },
    holdsSecret: (text: string): boolean =>
      redact(text) !== text ||
      known.has(text) ||
      [...known].some((secret) => secret.length >= SHORTEST_PART && text.includes(secret)),
  };
};
