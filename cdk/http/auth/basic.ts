import {ConfigError} from '../../errors.ts';
import type {Auth} from './auth.ts';
import {setHeader} from './header.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: RFC 7617 forbids these
const CONTROLS = /[\x00-\x1f\x7f]/;

/** `Authorization: Basic …` (RFC 7617), in UTF-8. The password is empty if the API takes a key as the user name. */
export const basic = ({
  username,
  password,
}: {
  readonly username: string;
  readonly password: string;
}): Auth => {
  if (CONTROLS.test(username + password)) {
    throw new ConfigError(
      'The user name or the password in the config holds a line break or another control character: paste it again.',
    );
  }
  if (username.includes(':')) {
    throw new ConfigError(
      'The user name in the config holds a colon, which Basic authentication cannot send: the part after it may belong to the password.',
    );
  }
  const credentials = Buffer.from(`${username}:${password}`).toString('base64');
  return (send, {onSecret}) => {
    onSecret(password === '' ? username : password);
    onSecret(credentials);
    return (request) => send(setHeader(request, 'authorization', `Basic ${credentials}`));
  };
};
