// Finds secrets in a string, in whatever form they may be printed. This is the one list of forms: of the kit's masking, and of
// `headwater lint`. docs/secrets.md has it for users.
import {trimmedAtEnd} from './trim.ts';
import {readingsOf} from './unescape.ts';

/** A form in which a secret is searched for in each reading of a string (see `readingsOf`). */
type Form = {
  readonly text: string;
  readonly name: 'text' | 'line' | 'base64' | 'base64url' | 'hex' | 'bytes';
  /** True if the case of letters does not matter. */
  readonly anyCase: boolean;
};

/** Shorter secrets are words in another case: `Hush` is not `hush`. */
const SHORTEST_ANY_CASE = 6;

const fold = (text: string): string => {
  const lower = text.toLowerCase();
  // A few characters become longer in lower case, and positions must stay.
  return lower.length === text.length
    ? lower
    : text.replace(/[A-Z]+/g, (part) => part.toLowerCase());
};

/**
 * The part that the base64 of every longer string with the secret shares, such as `user:secret` in Basic auth. Three bytes
 * make four characters, so there are three alignments, and the characters at both ends depend on the neighbours.
 */
const base64Core = (bytes: Buffer, before: number): string => {
  const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
  return encoded.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
};

const base64Forms = (bytes: Buffer): readonly string[] => [
  trimmedAtEnd(bytes.toString('base64'), (sign) => sign === '='),
  ...[0, 1, 2].map((before) => base64Core(bytes, before)),
];

const urlSafe = (text: string): string => text.replaceAll('+', '-').replaceAll('/', '_');

/** As it is, in the other compositions of its accents, as a form writes its spaces, and with what looks like escapes in it resolved. */
const textsOf = (secret: string): readonly string[] =>
  [secret, secret.normalize('NFC'), secret.normalize('NFD'), secret.replaceAll(' ', '+')].flatMap(
    (text) => readingsOf(text).map((reading) => reading.text),
  );

const byteForms = (bytes: Buffer): readonly Omit<Form, 'anyCase'>[] => {
  const pairs = [...bytes].map((byte) => byte.toString(16).padStart(2, '0'));
  const hex = ['', ' ', ':', '-', ', '].map((between) => pairs.join(between));
  const prefixed = [',', ', '].map((between) => pairs.map((pair) => `0x${pair}`).join(between));
  const decimal = [',', ', ', ' '].map((between) => [...bytes].join(between));
  return [
    ...[...hex, ...prefixed].map((text) => ({text, name: 'hex' as const})),
    ...decimal.map((text) => ({text, name: 'bytes' as const})),
  ];
};

export type Limits = {
  /** Shorter secrets, and shorter forms, are not searched for. */
  readonly shortest: number;
  /** The same for the single lines of a secret of several lines, such as a private key: logs are cut at line ends. */
  readonly shortestLine: number;
};

const linesOf = (secret: string, shortest: number): readonly string[] => {
  const lines = secret.split(/\r?\n|\\n/).map((line) => line.trim());
  return lines.length > 1 ? lines.filter((line) => line.length >= shortest) : [];
};

const formsOfOne = (secret: string, name: 'text' | 'line'): readonly Form[] => {
  const bytes = Buffer.from(secret);
  const encoded = [bytes, Buffer.from(secret, 'utf16le')].flatMap(base64Forms);
  const anyCase = secret.length >= SHORTEST_ANY_CASE;
  return [
    ...textsOf(secret).map((text) => ({text, name, anyCase})),
    ...encoded.map((text) => ({text, name: 'base64' as const, anyCase: false})),
    ...encoded.map((text) => ({text: urlSafe(text), name: 'base64url' as const, anyCase: false})),
    ...byteForms(bytes).map((form) => ({...form, anyCase: true})),
  ];
};

/** Every form of a secret, and of each of its lines. */
const formsOf = (secret: string, {shortest, shortestLine}: Limits): readonly Form[] =>
  secret.length < shortest
    ? []
    : [
        ...formsOfOne(secret, 'text'),
        ...linesOf(secret, shortestLine).flatMap((line) => formsOfOne(line, 'line')),
      ].filter(({text}) => text.length >= shortest);

/** A part of a string that holds a secret. */
export type Finding = {readonly start: number; readonly end: number; readonly form: Form};

/** An escape that was cut. */
const PARTIAL = /(?:%[0-9A-Fa-f]?|\\(?:u[0-9A-Fa-f]{0,3}|x[0-9A-Fa-f]?)?|&#?x?\w{0,6})$/;
const LONGEST_PARTIAL = 9;

/** A secret may have been cut at `end`; the string was cut at `cut`, and before at `start`. */
type Cut = {readonly start: number; readonly end: number; readonly cut: number};

/** The places where a secret may have been cut, in order: each mark, and an escape before it that was cut itself. */
const cutsIn = (text: string, mark: string, shortest: number): readonly Cut[] => {
  const cuts: Cut[] = [];
  let start = 0;
  for (let cut = text.indexOf(mark); cut >= 0; cut = text.indexOf(mark, start)) {
    if (cut - start >= shortest) {
      const tail = text.slice(Math.max(start, cut - LONGEST_PARTIAL), cut);
      const partial = PARTIAL.exec(tail)?.[0] ?? '';
      if (partial !== '') cuts.push({start, end: cut - partial.length, cut});
      cuts.push({start, end: cut, cut});
    }
    start = cut + mark.length;
  }
  return cuts;
};

/** Finds those of many strings that occur in another one. A hash of three characters rules out nearly every index. */
const openIndex = () => {
  const isStart = new Uint8Array(1 << 16);
  const byStart = new Map<number, Form[]>();
  let longest = 0;
  const hashAt = (text: string, index: number): number =>
    (text.charCodeAt(index) * 961 + text.charCodeAt(index + 1) * 31 + text.charCodeAt(index + 2)) &
    0xffff;
  const candidatesAt = (text: string, index: number): readonly Form[] => {
    const hash = hashAt(text, index);
    return isStart[hash] === 0 ? [] : (byStart.get(hash) ?? []);
  };
  return {
    add: (form: Form): void => {
      const hash = hashAt(form.text, 0);
      const forms = byStart.get(hash) ?? [];
      if (forms.some(({text}) => text === form.text)) return;
      isStart[hash] = 1;
      longest = Math.max(longest, form.text.length);
      // The longest first, because one may begin with another.
      byStart.set(
        hash,
        [...forms, form].sort((a, b) => b.text.length - a.text.length),
      );
    },
    within: (text: string): readonly Finding[] => {
      const found: Finding[] = [];
      for (let index = 0; index + 3 <= text.length; index += 1) {
        const form = candidatesAt(text, index).find((one) => text.startsWith(one.text, index));
        if (form !== undefined) found.push({start: index, end: index + form.text.length, form});
      }
      return found;
    },
    /** The longest beginning of a string before a cut, of at least `shortest` characters. */
    before: ({start, end, cut}: Cut, text: string, shortest: number): Finding | undefined => {
      for (let index = Math.max(start, end - longest); index + shortest <= end; index += 1) {
        const part = text.slice(index, end);
        const form = candidatesAt(part, 0).find((one) => one.text.startsWith(part));
        if (form !== undefined) return {start: index, end: cut, form};
      }
      return undefined;
    },
  };
};

export type SecretFinder = {
  readonly add: (secrets: readonly string[]) => void;
  /** The parts that hold a secret; they may overlap. */
  readonly find: (text: string) => readonly Finding[];
  /** The parts before each `mark` that are the beginning of a secret. */
  readonly findCut: (text: string, mark: string) => readonly Finding[];
};

export const openSecretFinder = ({shortest, shortestLine}: Limits): SecretFinder => {
  const [exact, folded] = [openIndex(), openIndex()];
  const search = (
    text: string,
    within: (text: string, index: typeof exact) => readonly Finding[],
  ): readonly Finding[] =>
    readingsOf(text).flatMap((reading) => {
      const found = [...within(reading.text, exact), ...within(fold(reading.text), folded)];
      const {origin} = reading;
      if (origin === undefined) return found;
      return found.map(({start, end, form}) => ({
        start: origin.starts[start] ?? start,
        end: origin.ends[end - 1] ?? end,
        form,
      }));
    });
  return {
    add: (secrets) => {
      for (const form of secrets.flatMap((secret) => formsOf(secret, {shortest, shortestLine}))) {
        if (form.anyCase) folded.add({...form, text: fold(form.text)});
        else exact.add(form);
      }
    },
    find: (text) => search(text, (reading, index) => index.within(reading)),
    findCut: (text, mark) =>
      text.includes(mark)
        ? search(text, (reading, index) =>
            cutsIn(reading, mark, shortest).flatMap(
              (cut) => index.before(cut, reading, shortest) ?? [],
            ),
          )
        : [],
  };
};

/** Replaces parts of a string; parts that overlap become one. */
export const replaceParts = (
  text: string,
  parts: readonly Pick<Finding, 'start' | 'end'>[],
  mask: string,
): string => {
  const sorted = [...parts].sort((a, b) => a.start - b.start || b.end - a.end);
  let result = '';
  let done = 0;
  for (const {start, end} of sorted) {
    if (start >= done) result += text.slice(done, start) + mask;
    done = Math.max(done, end);
  }
  return result + text.slice(done);
};
