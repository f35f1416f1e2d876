// AGENTS.md names only what the kit has, and llms.txt lists the pages that there are.
import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from '@jest/globals';
import {ROOT, textOf} from './examples.ts';

test('AGENTS.md calls only functions that the kit exports, and methods of http', async () => {
  const kit = Object.keys(await import('../../cdk/index.ts'));
  const code = [...textOf('AGENTS.md').matchAll(/`([^`\n]+)`/g)].map(([, each = '']) => each);
  const calls = code.flatMap((each) => [...each.matchAll(/(?<![.\w])([a-zA-Z]+)\(/g)]);
  const names = new Set(calls.map(([, name = '']) => name));
  expect(names.size).toBeGreaterThan(15);
  expect([...names].filter((name) => !kit.includes(name))).toEqual([]);
});

test.each(['AGENTS.md', 'llms.txt'])('%s names only files that there are', (path) => {
  const files = [...textOf(path).matchAll(/(?:\]\(|[`( ])(docs\/[\w-]+\.md|AGENTS\.md)/g)];
  expect(files.length).toBeGreaterThan(0);
  expect(
    files.map(([, file = '']) => file).filter((file) => !existsSync(join(ROOT, file))),
  ).toEqual([]);
});
