// The defaults in docs/limits.md are those of the code.
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from '@jest/globals';
import {DEFAULT_RETRY} from '../../cdk/http/limits/retry.ts';
import {DEFAULT_TIMEOUTS} from '../../cdk/http/wire/timeouts.ts';

const PAGE = join(import.meta.dirname, '../../docs/limits.md');

/** The rows of the table below this heading, without its head. */
const rowsOf = (page: string, heading: string): readonly (readonly string[])[] => {
  const section = page.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  return section
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2)
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    );
};

const seconds = (ms: number): string => `${(ms / 1_000).toLocaleString('en')} s`;

test('a limit has the default that docs/limits.md says', () => {
  const rows = rowsOf(readFileSync(PAGE, 'utf8'), 'Defaults');
  // The part in parentheses is about a special case.
  const documented = new Map(
    rows.map(([limit = '', value = '']) => [limit, value.replace(/ \(.*\)$/, '')]),
  );
  const timeouts = Object.entries(DEFAULT_TIMEOUTS).map(
    ([name, ms]) => [`\`timeouts.${name}\``, seconds(ms)] as const,
  );
  const defaults = [
    ...timeouts,
    ['`retry.base`', seconds(DEFAULT_RETRY.base)] as const,
    ['`retry.cap`', seconds(DEFAULT_RETRY.cap)] as const,
    ['`retry.longest`', seconds(DEFAULT_RETRY.longest)] as const,
    ['`retry.attempts`', String(DEFAULT_RETRY.attempts)] as const,
  ];
  expect(defaults.map(([limit]) => [limit, documented.get(limit)])).toEqual(defaults);
});
