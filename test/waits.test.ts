// test/waits.md lists every place in the kit that can wait, and what ends the wait. Here it is held against the code, and
// against the tests that prove it.
import {globSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from '@jest/globals';
import {DEFAULT_RETRY} from '../cdk/http/limits/retry.ts';
import {DEFAULT_TIMEOUTS} from '../cdk/http/wire/timeouts.ts';
import {waitsIn} from './support/waits-in.ts';

const ROOT = join(import.meta.dirname, '..');

const textOf = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

const filesBelow = (...patterns: readonly string[]): readonly string[] =>
  globSync([...patterns], {cwd: ROOT, exclude: (name) => /^(node_modules|\.)/.test(name)}).sort();

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
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim().replaceAll('\\|', '|')),
    );
};

const page = textOf('test/waits.md');
const limits = rowsOf(page, 'Limits').map(([name = '', what = '', proof = '']) => ({
  name,
  what,
  proof,
}));
const waits = rowsOf(page, 'Waits').map(([file = '', wait = '', kind = '', by = '']) => ({
  file,
  wait: wait.replace(/^`|`$/g, ''),
  kind,
  endedBy: by === '' ? [] : by.split(', '),
}));

/** Those that someone else has to end. */
const NETWORK = new Set(['wire', 'wait', 'reader']);

/** What a test calls itself; of one that runs for each of several cases, with its placeholders. */
const titlesIn = (text: string): readonly string[] =>
  [...text.matchAll(/(?:\btest|\)|\])\(\s*(['"`])((?:\\.|(?!\1).)*)\1/g)].map(([, , title = '']) =>
    title.replaceAll('\\', ''),
  );

/** Cases of `test.each` whose titles are their first value. */
const casesIn = (text: string): readonly string[] =>
  [...text.matchAll(/^\s+\[?\s*'((?:\\.|[^'\\\n])*)',/gm)].map(([, title = '']) => title);

describe('a wait', () => {
  test('is listed in test/waits.md wherever the code has one, and nowhere else', () => {
    const files = filesBelow('cdk/{http,secrets,commands}/**/*.ts').filter(
      (file) => !file.endsWith('.test.ts'),
    );
    const found = files.flatMap((file) =>
      waitsIn(textOf(file), file).map((wait) => `${file} ${wait}`),
    );
    expect(waits.map(({file, wait}) => `${file} ${wait}`).sort()).toEqual(found.sort());
  });

  test('is seen in code, not in comments, texts and patterns', () => {
    const code = `
      // await a comment
      const text = 'await send(1)' + "it's"; /* .then( */
      if (/await ["']/.test(text)) done();
      for await (const {one} of await open(file)) yield* one.parts({deep: [1, (2)]});
      const made = await client
        .get(path, {deep: await other})
        .catch((error) => error), next = 1;
      return ahead ? hold(request) : Promise.all([work()]).then(done);`;
    expect(waitsIn(code, 'sample.ts')).toEqual([
      'for await of await open(…)',
      'await open(…)',
      'yield* one.parts(…)',
      'await client.get(…).catch(…)',
      'await other',
      'hold(…) : Promise.all(…).then(…)',
      'Promise.all(…).then(…)',
      '.then(…)',
    ]);
    expect(() => waitsIn("const open = '(' + (;", 'odd.ts')).toThrow("odd.ts can't be read");
  });

  test('is of a kind that there is, and one on the network names limits that there are', () => {
    const known = new Set(limits.map(({name}) => name));
    const odd = waits.filter(
      ({kind, endedBy}) =>
        !(NETWORK.has(kind) || ['passes on', 'local'].includes(kind)) ||
        endedBy.some((name) => !known.has(name)) ||
        NETWORK.has(kind) !== endedBy.length > 0,
    );
    expect(odd).toEqual([]);
  });

  test('is a wait for the network in each of the files that reach it', () => {
    const files = new Set(waits.filter(({kind}) => kind === 'wire').map(({file}) => file));
    expect([...files].sort()).toEqual([
      'cdk/http/wire/exchange.ts',
      'cdk/http/wire/timeouts.ts',
      'cdk/secrets/aws-sm.ts',
      'cdk/secrets/gcp-sm.ts',
    ]);
  });
});

describe('a limit', () => {
  test('is proved by tests that there are', () => {
    const tests = filesBelow(
      'cdk/**/*.test.ts',
      'acceptance-tests/**/*.test.ts',
      'test/*.test.ts',
      'test/e2e/*.test.ts',
      'test/servers/*.test.ts',
    );
    const titles = new Set(
      tests.map(textOf).flatMap((text) => [...titlesIn(text), ...casesIn(text)]),
    );
    expect(limits.filter(({proof}) => !titles.has(proof))).toEqual([]);
  });

  test('ends some wait', () => {
    const used = new Set(waits.flatMap(({endedBy}) => endedBy));
    expect(limits.filter(({name}) => !used.has(name))).toEqual([]);
  });

  test('has the default that docs/limits.md says', () => {
    const rows = rowsOf(textOf('docs/limits.md'), 'Every wait and its limit');
    const seconds = (ms: number): string => `${(ms / 1_000).toLocaleString('en')} s`;
    const told = new Map(rows.map(([, limit = '', value = '']) => [limit, value]));
    const timeouts = Object.entries(DEFAULT_TIMEOUTS).map(
      ([name, ms]) => [`\`timeouts.${name}\``, seconds(ms)] as const,
    );
    const defaults = [
      ...timeouts,
      ['`retry.cap`', seconds(DEFAULT_RETRY.cap)] as const,
      ['`retry.longest`', seconds(DEFAULT_RETRY.longest)] as const,
      ['`retry.attempts`', String(DEFAULT_RETRY.attempts)] as const,
    ];
    expect(defaults.map(([limit]) => [limit, told.get(limit)])).toEqual(defaults);
  });
});
