import {ConfigError} from '../../errors.ts';
import type {HttpRequest} from '../types.ts';
import type {Auth} from './auth.ts';
import {setHeader} from './header.ts';

/** A key, and the name of the header, query parameter or cookie that carries it. */
export type ApiKey = {readonly value: string} & (
  | {readonly header: string}
  | {readonly query: string}
  | {readonly cookie: string}
);

/** A header may contain spaces (`Token 123`), but not at its ends; a cookie may not (RFC 6265 §4.1.1). */
const sendable = (key: ApiKey): RegExp => {
  if ('query' in key) return /^\P{Cc}+$/u;
  return 'cookie' in key ? /^[\x21-\x7e]+$/ : /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/;
};

const withKey = (request: HttpRequest, key: ApiKey): HttpRequest => {
  if ('header' in key) return setHeader(request, key.header.toLowerCase(), key.value);
  if ('cookie' in key) {
    const others = request.headers['cookie'];
    const own = `${key.cookie}=${key.value}`;
    return setHeader(request, 'cookie', others === undefined ? own : `${others}; ${own}`);
  }
  const url = new URL(request.url);
  url.searchParams.set(key.query, key.value);
  return {...request, url};
};

/**
 * A fixed key in a header, the query or a cookie.
 * @example apiKey({header: 'x-api-key', value: config.api_key})
 */
export const apiKey = (key: ApiKey): Auth => {
  if (!sendable(key).test(key.value)) {
    throw new ConfigError(
      'The API key in the config is empty, or holds a line break or another character that no key has: paste it again.',
    );
  }
  return (send, {onSecret}) => {
    onSecret(key.value);
    return (request) => send(withKey(request, key));
  };
};
