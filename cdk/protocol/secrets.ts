// Masks the user's secrets in everything that the kit prints but records.
import {inspect} from 'node:util';

/** Shorter secrets would mask half of every log. */
const SHORTEST = 3;
/** The same for each line of a secret of several lines. */
const SHORTEST_LINE = 8;
const MASK = '****';

const base64 = (text: string): string => Buffer.from(text).toString('base64').replace(/=+$/, '');

/**
 * The parts that the base64 of every longer string with the secret shares, such as `user:secret` in Basic auth. Three bytes
 * make four characters, so there are three alignments, and the characters at both ends depend on the neighbours.
 */
const base64Cores = (secret: string): readonly string[] =>
  [0, 1, 2].map((before) => {
    const encoded = base64('\0'.repeat(before) + secret);
    const partial = encoded.length % 4 === 0 ? 0 : 1;
    return encoded.slice(before && before + 1, encoded.length - partial);
  });

const urlSafe = (text: string): string => text.replaceAll('+', '-').replaceAll('/', '_');

const asUnicode = (character: string): string =>
  `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** Forms inside JSON and JSON in JSON. PHP also escapes slashes, Go `<>&`, and Python all that is not ASCII. */
const jsonForms = (secret: string): readonly string[] => {
  const json = JSON.stringify(secret).slice(1, -1);
  return [
    json,
    json.replaceAll('/', '\\/'),
    json.replace(/[<>&]/g, asUnicode),
    json.replace(/[^\x20-\x7e]/g, asUnicode),
    JSON.stringify(json).slice(1, -1),
  ];
};

const asPercent = (character: string): string =>
  `%${character.charCodeAt(0).toString(16).toUpperCase()}`;

const urlForms = (secret: string): readonly string[] => {
  const text = secret.toWellFormed();
  const component = encodeURIComponent(text);
  const encoded = [
    encodeURI(text),
    component,
    component.replace(/[!'()*]/g, asPercent),
    new URLSearchParams([['', secret]]).toString().slice(1),
  ];
  return [
    ...encoded,
    ...encoded.map((form) => form.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())),
  ];
};

/** The form inside an object that was passed to the console. */
const inspected = (secret: string): string =>
  inspect(secret, {breakLength: Number.POSITIVE_INFINITY, maxStringLength: null}).slice(1, -1);

/** The forms in which a secret appears: unchanged, printed by Node, inside JSON, in a URL or an HTML form, in base64. */
const forms = (secret: string): readonly string[] => {
  const encoded = [base64(secret), ...base64Cores(secret)];
  return [
    secret,
    inspected(secret),
    ...jsonForms(secret),
    ...urlForms(secret),
    ...encoded,
    ...encoded.map(urlSafe),
    ...encoded.map(encodeURIComponent),
  ];
};

/** A secret and each of its lines, for a private key, for example, because logs are cut at line ends. */
const withLines = (secret: string): readonly string[] => {
  const lines = secret.split(/\r?\n|\\n/).map((line) => line.trim());
  return [
    secret,
    ...(lines.length > 1 ? lines.filter((line) => line.length >= SHORTEST_LINE) : []),
  ];
};

/** Finds those of many strings that occur in another one. A hash of three characters rules out nearly every index. */
const openFinder = () => {
  const isStart = new Uint8Array(1 << 16);
  const byStart = new Map<number, string[]>();
  const hashAt = (text: string, index: number): number =>
    (text.charCodeAt(index) * 961 + text.charCodeAt(index + 1) * 31 + text.charCodeAt(index + 2)) &
    0xffff;
  return {
    add: (wanted: string): void => {
      const hash = hashAt(wanted, 0);
      isStart[hash] = 1;
      byStart.set(hash, [...(byStart.get(hash) ?? []), wanted]);
    },
    within: (text: string): ReadonlySet<string> => {
      const found = new Set<string>();
      for (let index = 0; index + SHORTEST <= text.length; index += 1) {
        const hash = hashAt(text, index);
        if (isStart[hash] === 0) continue;
        for (const wanted of byStart.get(hash) ?? []) {
          if (text.startsWith(wanted, index)) found.add(wanted);
        }
      }
      return found;
    },
  };
};

/** The kit writes this where it truncates a string. A secret may have been cut there. */
const CUT = '…';

/** Masks the beginning of a secret at the end of a string. */
const maskEnd = (text: string, known: ReadonlySet<string>): string => {
  const last = text.at(-1);
  let longest = SHORTEST - 1;
  for (const secret of known) {
    for (let size = Math.min(secret.length - 1, text.length); size > longest; size -= 1) {
      if (secret[size - 1] === last && text.endsWith(secret.slice(0, size))) longest = size;
    }
  }
  return longest < SHORTEST ? text : text.slice(0, -longest) + MASK;
};

const maskBeforeCuts = (text: string, known: ReadonlySet<string>): string => {
  const parts = text.split(CUT);
  const end = parts.pop() ?? '';
  return [...parts.map((part) => maskEnd(part, known)), end].join(CUT);
};

export type Redactor = {
  readonly add: (secrets: readonly string[]) => void;
  readonly redact: (text: string) => string;
};

/** Collects secrets and masks them in strings, the longest first, because one may contain another. */
export const createRedactor = (): Redactor => {
  const known = new Set<string>();
  const finder = openFinder();
  return {
    add: (secrets) => {
      for (const form of secrets.flatMap(withLines).flatMap(forms)) {
        if (form.length < SHORTEST || known.has(form)) continue;
        known.add(form);
        finder.add(form);
      }
    },
    redact: (text) => {
      const found = [...finder.within(text)].sort((a, b) => b.length - a.length);
      const masked = found.reduce((rest, secret) => rest.replaceAll(secret, MASK), text);
      return masked.includes(CUT) ? maskBeforeCuts(masked, known) : masked;
    },
  };
};
