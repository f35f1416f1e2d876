// Masks the user's secrets in everything that the kit prints but records.
import {openSecretFinder, replaceParts} from '../json/find-secrets.ts';

/** Shorter secrets would mask half of every log, and so would shorter lines of a secret of several lines. */
const LIMITS = {shortest: 3, shortestLine: 8};

const MASK = '****';

/** The kit writes this where it truncates a string. A secret may have been cut there. */
const CUT = '…';

export type Redactor = {
  readonly add: (secrets: readonly string[]) => void;
  readonly redact: (text: string) => string;
};

/** Collects secrets, and masks them in strings in every form of `find-secrets.ts`. */
export const createRedactor = (): Redactor => {
  const finder = openSecretFinder(LIMITS);
  return {
    add: finder.add,
    redact: (text) =>
      replaceParts(text, [...finder.find(text), ...finder.findCut(text, CUT)], MASK),
  };
};
