// Records the secrets and the output of a jest run for the scan at its end (secret-scan/). Many processes append to files
// in one folder. Without a folder, as in a debugger, nothing is recorded.
import {appendFileSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';

/** The environment variable that names the folder; child processes of tests inherit it. */
export const RECORDING = 'HEADWATER_SECRET_SCAN';

/** Shorter secrets occur in other words by chance. */
export const SHORTEST_SECRET = 6;

export type Secret = {
  /** Printed by the scan instead of the value. */
  readonly name: string;
  readonly value: string;
};

export type Said = {
  /** The program or test that printed it. */
  readonly by: string;
  readonly text: string;
};

const append = (kind: 'secrets' | 'said', entry: Secret | Said): void => {
  const folder = process.env[RECORDING];
  if (folder === undefined) return;
  appendFileSync(join(folder, `${kind}-${process.pid}.jsonl`), `${JSON.stringify(entry)}\n`);
};

/** From now on no output may contain this value. */
export const registerSecret = (name: string, value: string): void => {
  if (value.length >= SHORTEST_SECRET) append('secrets', {name, value});
};

/** Registers the credentials of an Authorization header: `Bearer …`, `token …`, or the password of `Basic …`. */
export const registerAuthorization = (name: string, header: string | undefined): void => {
  const [, scheme = '', credentials = ''] = /^(\S+) +(.+)$/.exec(header ?? '') ?? [];
  const isPair = scheme.toLowerCase() === 'basic';
  const decoded = isPair ? Buffer.from(credentials, 'base64').toString() : credentials;
  registerSecret(name, isPair ? decoded.slice(decoded.indexOf(':') + 1) : decoded);
};

/** Records are the user's data, and a CONTROL message carries the new config: both may contain secrets. */
const isExempt = (line: string): boolean => /^\{"type":"(RECORD|CONTROL)"/.test(line);

/** All strings inside a JSON value. */
export const stringsIn = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : [];
};

const stringsInLine = (line: string): readonly string[] => {
  if (!line.startsWith('{')) return [];
  try {
    return stringsIn(JSON.parse(line));
  } catch {
    return [];
  }
};

/** Records output, except records and CONTROL messages: the lines themselves, and the parsed strings in them. */
export const recordSaid = (by: string, text: string): void => {
  const lines = text.split('\n').filter((line) => line !== '' && !isExempt(line));
  if (lines.length > 0)
    append('said', {by, text: [...lines, ...lines.flatMap(stringsInLine)].join('\n')});
};

const isSecret = (entry: object): entry is Secret => 'name' in entry && 'value' in entry;
const isSaid = (entry: object): entry is Said => 'by' in entry && 'text' in entry;

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
