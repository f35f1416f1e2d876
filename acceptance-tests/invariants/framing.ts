// Each line holds one message, with a length and characters that every client accepts.
import type {Invariant} from './invariant.ts';

const MAX_LINE = 20_000_000;

const SEPARATORS = /[\u0085\u2028\u2029]/;

export const oneMessageALine: Invariant = {
  name: 'one-message-a-line',
  about: 'Every line of stdout is one JSON object with a `type`, and nothing else is printed.',
  watch: (_about, report) => ({
    line: (text, problem) => {
      if (problem === undefined) return;
      report({
        reason: text.trim() === '' ? 'An empty line on stdout.' : `A line on stdout is ${problem}.`,
        advice:
          'Print nothing but messages on stdout, each on one line: the platform drops lines that it cannot parse, other clients fail. Print anything else as LOG, or on stderr.',
        subject: problem,
      });
    },
  }),
};

export const lineSize: Invariant = {
  name: 'line-size',
  about: 'No line has 20,000,000 characters or more.',
  watch: (_about, report) => ({
    line: (text) => {
      if (text.length < MAX_LINE) return;
      report({
        severity: 'warning',
        reason: `A line has ${text.length.toLocaleString('en')} characters; the platform warns from 20,000,000 on.`,
        advice:
          'Leave large fields out, or cut them, and say so in `meta.changes` (TRUNCATED, SOURCE_RECORD_SIZE_LIMITATION).',
      });
    },
  }),
};

export const lineSeparators: Invariant = {
  name: 'line-separators',
  about: 'U+0085, U+2028 and U+2029 are written as escapes.',
  watch: (_about, report) => ({
    line: (text) => {
      const found = SEPARATORS.exec(text)?.[0];
      if (found === undefined) return;
      const code = found.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
      report({
        severity: 'warning',
        reason: `A line holds an unescaped U+${code}.`,
        advice: `Escape it as \\u${code.toLowerCase()}: readers such as Python's str.splitlines() end a line there.`,
      });
    },
  }),
};
