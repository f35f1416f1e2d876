// The base URL, as people paste it.
import {ConfigError} from '../errors.ts';

/** Spaces and invisible characters that come along when a URL is copied. */
const AROUND = /^[\s\p{Cf}]+|[\s\p{Cf}]+$/gu;

/** URL would remove line breaks and tabs, and encode spaces, so each would silently lead elsewhere. */
const INSIDE = /[\s\p{Cf}\p{Cc}"<>]/u;

const HOST = /^([\w.-]+|\[[\da-f:.]+\])$/i;

const LONGEST = 2_000;

const refuse = (what: string): ConfigError =>
  new ConfigError(`${what}: it should look like https://api.example.com.`);

const parsed = (text: string): URL => {
  const url = URL.parse(text);
  const isWeb = url?.protocol === 'https:' || url?.protocol === 'http:';
  // `https://https://api.example.com` has the host `https`.
  if (url && isWeb && HOST.test(url.hostname) && !/^https?$/.test(url.hostname)) return url;
  throw refuse(`"${text}" is not the URL of an API`);
};

/**
 * The base URL without what surrounds it. Anything else that cannot be part of it is a config error, since the URL usually
 * comes from the config.
 */
export const baseUrlOf = (pasted: string): string => {
  if (pasted.length > LONGEST) {
    throw refuse(`The URL of the API in the config has ${pasted.length} characters`);
  }
  const text = pasted.replace(AROUND, '');
  const {username, password, origin} = URL.parse(text) ?? {username: '', password: '', origin: ''};
  if (username !== '' || password !== '') {
    throw new ConfigError(
      `The URL of the API in the config has a user name or a password before its host. They are not sent: set ${origin}, and put them into their own fields.`,
    );
  }
  if (INSIDE.test(text)) {
    throw refuse(
      `"${text}" holds a space, a quote or an invisible character, so it is not the URL of an API`,
    );
  }
  const url = parsed(text);
  if (text.includes('#')) {
    throw refuse(`"${text}" has a "#", so it is the address of a page and not the URL of an API`);
  }
  // An origin has no path: `https:\\api.example.com\`.
  return text.includes('\\') || !/^https?:\/\/[^/]/i.test(text) ? url.href : text;
};

/** A path is appended to the base's own path, which a query ends. */
export const assertNoQuery = (baseUrl: string): void => {
  if (!baseUrl.includes('?')) return;
  const [text] = baseUrl.split('?', 1);
  throw refuse(
    `The URL of the API, ${text}, has a query, so no path can be appended to it. Remove all from its "?"`,
  );
};
