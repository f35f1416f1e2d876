import {ConfigError} from '../../errors.ts';
import type {Auth} from './auth.ts';

/** `Authorization: Bearer <token>` (RFC 6750). */
export const bearer = (token: string): Auth => {
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new ConfigError(
      'The token in the config is empty, or holds a space, a line break or another character that no token has: paste it again.',
    );
  }
  return (send) => (request) =>
    send({...request, headers: {...request.headers, authorization: `Bearer ${token}`}});
};
