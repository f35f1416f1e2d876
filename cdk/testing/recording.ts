// What the tests of one jest run leave for the scan behind them: the secrets that were in play, and everything that was said.
// It is a folder of files that only grow, since many processes write to it; without one, as in a debugger, nothing is kept.
import {appendFileSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';

/** The environment's name for the folder: child processes of tests have it, too. */
export const RECORDING = 'HEADWATER_SECRET_SCAN';

/** Shorter ones turn up in other words by chance. */
export const SHORTEST_SECRET = 6;

export type Secret = {
  /** What the scan calls it; its value is never printed. */
  readonly name: string;
  readonly value: string;
};

export type Said = {
  /** Which program or test said it. */
  readonly by: string;
  readonly text: string;
};

const append = (kind: 'secrets' | 'said', entry: Secret | Said): void => {
  const folder = process.env[RECORDING];
  if (folder === undefined) return;
  appendFileSync(join(folder, `${kind}-${process.pid}.jsonl`), `${JSON.stringify(entry)}\n`);
};

/** From here on nothing may say this value. */
export const registerSecret = (name: string, value: string): void => {
  if (value.length >= SHORTEST_SECRET) append('secrets', {name, value});
};

/** The credentials of an Authorization header: `Bearer …`, `token …`, or the password of `Basic …`. */
export const registerAuthorization = (name: string, header: string | undefined): void => {
  const [, scheme = '', credentials = ''] = /^(\S+) +(.+)$/.exec(header ?? '') ?? [];
  const isPair = scheme.toLowerCase() === 'basic';
  const decoded = isPair ? Buffer.from(credentials, 'base64').toString() : credentials;
  registerSecret(name, isPair ? decoded.slice(decoded.indexOf(':') + 1) : decoded);
};

/** Records are the user's data, and a CONTROL message is there to carry the new config: both may hold anything. */
const isExempt = (line: string): boolean => /^\{"type":"(RECORD|CONTROL)"/.test(line);

/** The texts inside a message, as a reader's parser hands them out. */
const textsIn = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
};

const stringsInLine = (line: string): readonly string[] => {
  if (!line.startsWith('{')) return [];
  try {
    return textsIn(JSON.parse(line));
  } catch {
    return [];
  }
};

/** Notes what was said, save for records and CONTROL messages: as it is, and what its messages hold. */
export const recordSaid = (by: string, text: string): void => {
  const lines = text.split('\n').filter((line) => line !== '' && !isExempt(line));
  if (lines.length > 0)
    append('said', {by, text: [...lines, ...lines.flatMap(stringsInLine)].join('\n')});
};

const isSecret = (entry: object): entry is Secret => 'name' in entry && 'value' in entry;
const isSaid = (entry: object): entry is Said => 'by' in entry && 'text' in entry;

/** All that was left in the folder. */
export const readRecording = (
  folder: string,
): {readonly secrets: readonly Secret[]; readonly said: readonly Said[]} => {
  const entries: readonly object[] = readdirSync(folder).flatMap((file) =>
    readFileSync(join(folder, file), 'utf8')
      .split('\n')
      .flatMap((line) => (line === '' ? [] : [JSON.parse(line)])),
  );
  return {secrets: entries.filter(isSecret), said: entries.filter(isSaid)};
};
