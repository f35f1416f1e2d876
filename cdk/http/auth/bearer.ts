import type {Auth} from './auth.ts';

/** `Authorization: Bearer <token>` (RFC 6750). */
export const bearer =
  (token: string): Auth =>
  (send) =>
  (request) =>
    send({...request, headers: {...request.headers, authorization: `Bearer ${token}`}});
