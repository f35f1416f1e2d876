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

test('the commands that prove a change are in one AGENTS.md: that of a new repository points to it', () => {
  const commands = [...textOf('AGENTS.md').matchAll(/\bnpx headwater ([a-z]+)/g)];
  expect([...new Set(commands.map(([, name]) => name))].toSorted()).toEqual([
    ...['catalog', 'check', 'lint', 'new', 'preview', 'read', 'schema', 'test'],
  ]);
  const pointer = textOf('packages/create-headwater/template/AGENTS.md.txt');
  expect(pointer).toContain('Read `node_modules/headwater/AGENTS.md`');
  expect(pointer).not.toContain('```');
});

test.each(['AGENTS.md', 'llms.txt'])('%s names only files that there are', (path) => {
  const files = [...textOf(path).matchAll(/(?:\]\(|[`( ])(docs\/[\w-]+\.md|AGENTS\.md)/g)];
  expect(files.length).toBeGreaterThan(0);
  expect(
    files.map(([, file = '']) => file).filter((file) => !existsSync(join(ROOT, file))),
  ).toEqual([]);
});
