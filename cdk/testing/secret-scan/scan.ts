// Looks for secrets in the recorded output.

import {type Said, type Secret, SHORTEST_SECRET} from '../recording.ts';
import {ENCODING_NAMES, formsOf} from './encodings.ts';

type Wanted = {readonly form: string; readonly secret: string; readonly encoding: string};

/** All forms of all secrets, by their first characters. */
const indexOf = (secrets: readonly Secret[]): ReadonlyMap<string, readonly Wanted[]> => {
  const index = new Map<string, Wanted[]>();
  for (const [value, name] of new Map(secrets.map(({name, value}) => [value, name]))) {
    for (const [form, encoding] of formsOf(value)) {
      const start = form.slice(0, SHORTEST_SECRET);
      const wanted = {form, secret: name, encoding};
      index.set(start, [...(index.get(start) ?? []), wanted]);
    }
  }
  return index;
};

/** A line for each leak, with the secret's name, the encoding, and the test that printed it. */
export const findSecrets = (
  secrets: readonly Secret[],
  said: readonly Said[],
): readonly string[] => {
  const index = indexOf(secrets);
  const found = new Set<string>();
  for (const {by, text} of said) {
    for (let start = 0; start + SHORTEST_SECRET <= text.length; start += 1) {
      const candidates = index.get(text.slice(start, start + SHORTEST_SECRET)) ?? [];
      for (const {form, secret, encoding} of candidates) {
        if (text.startsWith(form, start)) found.add(`${secret}, ${encoding}, printed by ${by}`);
      }
    }
  }
  return [...found];
};

/** The summary of the scan; throws if a secret was printed. */
export const scan = (secrets: readonly Secret[], said: readonly Said[]): string => {
  const leaks = findSecrets(secrets, said);
  if (leaks.length > 0) {
    throw new Error(
      `Secret scan: ${leaks.length} leaks.\n${leaks.map((leak) => `- ${leak}`).join('\n')}`,
    );
  }
  const values = new Set(secrets.map(({value}) => value)).size;
  const bytes = said.reduce((sum, {text}) => sum + Buffer.byteLength(text), 0);
  return `Secret scan: ${values} secrets, ${ENCODING_NAMES.length} encodings, ${bytes} bytes of output, nothing found.`;
};
