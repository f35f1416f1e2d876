import type {Auth} from './auth.ts';
import {assertToken, setHeader} from './header.ts';

/** `Authorization: Bearer <token>` (RFC 6750). */
export const bearer = (token: string): Auth => {
  assertToken(token);
  return (send, {onSecret}) => {
    onSecret(token);
    return (request) => send(setHeader(request, 'authorization', `Bearer ${token}`));
  };
};
