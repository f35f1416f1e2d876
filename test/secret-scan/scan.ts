// Looks for secrets in what was said.

import {type Said, type Secret, SHORTEST_SECRET} from '../../cdk/testing/recording.ts';
import {ENCODING_NAMES, formsOf} from './encodings.ts';

type Wanted = {readonly form: string; readonly secret: string; readonly encoding: string};

/** All forms of all secrets, by the characters they begin with. */
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

/** What is wrong, a line for each leak: which secret, in which encoding, and who said it. */
export const findSecrets = (
  secrets: readonly Secret[],
  said: readonly Said[],
): readonly string[] => {
  const index = indexOf(secrets);
  const found = new Set<string>();
  for (const {by, text} of said) {
    for (let place = 0; place + SHORTEST_SECRET <= text.length; place += 1) {
      const candidates = index.get(text.slice(place, place + SHORTEST_SECRET)) ?? [];
      for (const {form, secret, encoding} of candidates) {
        if (text.startsWith(form, place)) found.add(`${secret}, ${encoding}, said by ${by}`);
      }
    }
  }
  return [...found];
};

/** The outcome in words; throws where a secret was said. */
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
