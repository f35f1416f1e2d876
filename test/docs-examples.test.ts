// The examples of docs/pagination.md, docs/auth.md and docs/graphql.md compile: their blocks of TypeScript, and what the table of the first shows.
import {execFile} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterEach, expect, test} from '@jest/globals';

const ROOT = join(import.meta.dirname, '..');
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');

const made: string[] = [];
afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, {recursive: true});
});

/** What tsc says about these files. They stand in a folder below this one, where `#cdk` can be imported. */
const compile = (files: readonly string[]): Promise<string> => {
  // The dot keeps the folder out of the checks of the whole repository, should one run at the same time.
  const folder = mkdtempSync(join(import.meta.dirname, '.docs-'));
  made.push(folder);
  const names = files.map((_file, index) => `example-${index + 1}.ts`);
  for (const [index, file] of files.entries()) {
    writeFileSync(join(folder, `example-${index + 1}.ts`), file);
  }
  const config = {extends: '../../tsconfig.json', files: names, include: [], exclude: []};
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  return new Promise((resolve) => {
    execFile(process.execPath, [TSC, '-p', folder, '--pretty', 'false'], (_error, stdout) =>
      resolve(stdout),
    );
  });
};

const page = readFileSync(join(ROOT, 'docs/pagination.md'), 'utf8');
const blocks = [...page.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code = '']) => code);
const rows = [...page.matchAll(/^\| `(.+?)` +\|/gm)].map(([, code = '']) => code).slice(1);

/** The table as a program: each of its paginators is given to a client. */
const table = (): string => {
  const names = new Set(rows.flatMap((code) => /^\w+(?=\()/.exec(code) ?? []));
  const lists = rows.map((code) => `  http.paginate('/items', {next: ${code}}),`);
  return [
    `import {type HttpClient, ${[...names].join(', ')}} from '#cdk';`,
    'export const lists = (http: HttpClient) => [',
    ...lists,
    '];',
  ].join('\n');
};

test('the examples of docs/pagination.md compile', async () => {
  expect({blocks: blocks.length, rows: rows.length}).toEqual({blocks: 2, rows: 13});
  expect(await compile([...blocks, table()])).toBe('');
});

test('docs/pagination.md has an example of every paginator', () => {
  const door = readFileSync(join(ROOT, 'cdk/index.ts'), 'utf8');
  const exported = [...door.matchAll(/^export \{(\w+)\} from '.\/http\/paginate\//gm)];
  expect(exported.map(([, name]) => name).filter((name) => !page.includes(`| \`${name}(`))).toEqual(
    [],
  );
});

test('the examples of docs/auth.md compile', async () => {
  const auth = readFileSync(join(ROOT, 'docs/auth.md'), 'utf8');
  const examples = [...auth.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code = '']) => code);
  expect(examples).toHaveLength(5);
  expect(await compile(examples)).toBe('');
});

test('the examples of docs/graphql.md compile', async () => {
  const graphql = readFileSync(join(ROOT, 'docs/graphql.md'), 'utf8');
  const examples = [...graphql.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code = '']) => code);
  expect(examples).toHaveLength(2);
  expect(await compile(examples)).toBe('');
});
