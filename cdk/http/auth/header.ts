import {ConfigError} from '../../errors.ts';
import type {HttpRequest} from '../types.ts';

/** `name` in lower case. */
export const setHeader = (request: HttpRequest, name: string, value: string): HttpRequest => ({
  ...request,
  headers: {...request.headers, [name]: value},
});

/** Pasted values often contain line breaks and typographic dots; the server would only respond with 401. */
export const assertToken = (value: string): void => {
  if (/^[\x21-\x7e]+$/.test(value)) return;
  throw new ConfigError(
    'The token in the config is empty, or holds a space, a line break or another character that no token has: paste it again.',
  );
};
