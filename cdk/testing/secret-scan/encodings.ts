// The forms of a secret, written independently of the kit's own: a scan would not find a fault that both share.

const hexOf = (code: number, digits: number): string => code.toString(16).padStart(digits, '0');

/** Replaces each character that the pattern matches with `\u….`. */
const unicodeEscaped = (text: string, pattern: RegExp): string =>
  text.replace(pattern, (character) => `\\u${hexOf(character.charCodeAt(0), 4)}`);

/** Replaces every byte that the pattern does not match with `%..`. */
const percentEncoded = (text: string, kept: RegExp): string =>
  [...Buffer.from(text)]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      return byte < 0x80 && kept.test(character) ? character : `%${hexOf(byte, 2).toUpperCase()}`;
    })
    .join('');

const lowerHex = (text: string): string =>
  text.replace(/%..|\\u..../g, (code) => code.toLowerCase());
const upperHex = (text: string): string =>
  text.replace(/\\u(....)/g, (_code, digits: string) => `\\u${digits.toUpperCase()}`);

const UNRESERVED = /[A-Za-z0-9._~-]/;
/** encodeURIComponent keeps these, too. */
const LENIENT = /[A-Za-z0-9._~!*'()-]/;
/** application/x-www-form-urlencoded keeps these. */
const FORM = /[A-Za-z0-9._*-]/;
/** The characters that a path or a query may hold: a URL that was never encoded properly. */
const WHOLE_URL = /[A-Za-z0-9._~!*'()\-;,/?:@&=+$#]/;

/**
 * The characters of a base64 string that come from the secret alone, if it follows `before` other bytes: three bytes
 * make four characters, and each character holds six bits.
 */
const base64Core = (secret: Buffer, before: number): string => {
  const encoded = Buffer.concat([Buffer.alloc(before), secret]).toString('base64');
  const first = Math.ceil((before * 8) / 6);
  const end = Math.floor(((before + secret.length) * 8) / 6);
  return encoded.slice(first, end);
};

const linesOf = (secret: string): readonly string[] => {
  const lines = secret.split(/\r?\n|\\n/).map((line) => line.trim());
  // A line of dashes and words, as in PEM, is not a secret, nor is a line that is shorter than most words.
  return lines.length === 1
    ? []
    : lines.filter((line) => line.length >= 16 && !line.startsWith('-----'));
};

/** The encodings by name, each with the forms that it makes of a secret. */
const ENCODINGS: Readonly<Record<string, (secret: string) => readonly string[]>> = {
  raw: (secret) => [secret],
  'printed by Node': (secret) => {
    const text = secret.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
    return [text, text.replaceAll("'", "\\'")];
  },
  JSON: (secret) => [JSON.stringify(secret).slice(1, -1)],
  'JSON with escaped slashes': (secret) => [
    JSON.stringify(secret).slice(1, -1).replaceAll('/', '\\/'),
  ],
  'JSON in ASCII': (secret) => {
    const text = unicodeEscaped(JSON.stringify(secret).slice(1, -1), /[^\x20-\x7e]/g);
    return [text, upperHex(text)];
  },
  'JSON for HTML': (secret) => {
    const text = unicodeEscaped(JSON.stringify(secret).slice(1, -1), /[<>&'=+]/g);
    const few = unicodeEscaped(JSON.stringify(secret).slice(1, -1), /[<>&]/g);
    return [few, upperHex(few), text, upperHex(text)];
  },
  'JSON in JSON': (secret) => [JSON.stringify(JSON.stringify(secret).slice(1, -1)).slice(1, -1)],
  'all \\u escapes': (secret) => {
    const text = unicodeEscaped(secret, /[\s\S]/g);
    return [text, upperHex(text)];
  },
  'URL component': (secret) => [UNRESERVED, LENIENT].map((kept) => percentEncoded(secret, kept)),
  'URL component, lower case': (secret) =>
    [UNRESERVED, LENIENT].map((kept) => lowerHex(percentEncoded(secret, kept))),
  'whole URL': (secret) => [percentEncoded(secret, WHOLE_URL)],
  form: (secret) => [percentEncoded(secret, FORM).replaceAll('%20', '+')],
  'form, lower case': (secret) => [lowerHex(percentEncoded(secret, FORM).replaceAll('%20', '+'))],
  base64: (secret) => [0, 1, 2].map((before) => base64Core(Buffer.from(secret), before)),
  base64url: (secret) =>
    [0, 1, 2].map((before) =>
      base64Core(Buffer.from(secret), before).replaceAll('+', '-').replaceAll('/', '_'),
    ),
  'base64 in a URL': (secret) =>
    [0, 1, 2].map((before) => percentEncoded(base64Core(Buffer.from(secret), before), UNRESERVED)),
  hex: (secret) => {
    const text = Buffer.from(secret).toString('hex');
    return [text, text.toUpperCase()];
  },
  'one line of many': linesOf,
};

export const ENCODING_NAMES = Object.keys(ENCODINGS);

/** Every form of a secret with the name of its encoding; if several make a form, with the name of the first. */
export const formsOf = (secret: string): ReadonlyMap<string, string> => {
  const forms = new Map<string, string>();
  for (const [name, encode] of Object.entries(ENCODINGS)) {
    for (const form of encode(secret)) if (!forms.has(form)) forms.set(form, name);
  }
  return forms;
};
