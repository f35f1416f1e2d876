// The examples of a page of the docs as modules. A block marked `ts` is a complete module. `ts stream` and `ts source` are
// fields of the tracker's stream or source, `ts http` and `ts config` expressions with its client or its config: the rest
// is added around them. `ts test` is a test file of the tracker, which is the first example of docs/authoring.md.
import {execFile} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {basename, join} from 'node:path';

export const ROOT = join(import.meta.dirname, '../..');
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');

/** The name of a test ends with `.test.ts`: only jest can run it. */
export type Example = {readonly name: string; readonly code: string};

const DEFAULTS = {
  stream: {
    name: `name: 'issues',`,
    schema: 'schema: issues,',
    read: `read: ({http}) => http.paginate('/issues'),`,
  },
  source: {
    name: `name: 'tracker',`,
    spec: 'spec,',
    check: `check: ({http}) => http.get('/me'),`,
    streams: 'streams: () => [],',
  },
};

/** The fields that a fragment has, at the beginning of its lines. */
const fieldsIn = (fragment: string): ReadonlySet<string> =>
  new Set([...fragment.matchAll(/^(?:async )?\*?(\w+)[(:,]/gm)].map(([, field = '']) => field));

const completed = (kind: 'stream' | 'source', fragment: string): string => {
  const own = fieldsIn(fragment);
  const missing = Object.entries(DEFAULTS[kind]).flatMap(([field, code]) =>
    own.has(field) ? [] : [code],
  );
  const maker = kind === 'stream' ? 'stream' : 'defineSource';
  return `export const shown = ${maker}({\n${missing.join('\n')}\n${fragment}});`;
};

const TRACKER = {
  issues: ['issues', 'type Issue', 'type Raw'],
  comments: ['comments', 'type Comment'],
  spec: ['spec'],
};

/** The names of values and types that the kit's door exports. */
const doorNames = (): readonly string[] => {
  const door = readFileSync(join(ROOT, 'cdk/index.ts'), 'utf8');
  return [...door.matchAll(/export (type )?\{([^}]+)\}/g)].flatMap(([, type = '', names = '']) =>
    names
      .split(',')
      .map((name) => name.trim())
      .filter(Boolean)
      .map((name) => (name.startsWith('type ') ? name : `${type}${name}`)),
  );
};

/** True for a call, a type or a bare field, but not for the name of a method or another object's field. */
const isUsed = (code: string, name: string): boolean =>
  new RegExp(`(?<![.\\w'])${name}\\b(?!: )`).test(code.replaceAll(/'[^']*'/g, "''"));

const importsFor = (code: string): string => {
  const used = (names: readonly string[]) =>
    names.filter((name) => isUsed(code, name.replace('type ', ''))).join(', ');
  const lines = Object.entries(TRACKER).map(([file, names]) => [
    `./generated/${file}.ts`,
    used(names),
  ]);
  return [['headwater', used(doorNames())], ...lines]
    .flatMap(([from, names]) => (names === '' ? [] : [`import {${names}} from '${from}';`]))
    .join('\n');
};

/** The formatter adds a semicolon to an expression. */
const expressionIn = (block: string): string => block.trim().replace(/;$/, '');

const codeOf = (kind: string, block: string): string => {
  switch (kind) {
    case 'stream':
    case 'source':
      return completed(kind, block);
    case 'http':
      return `export const shown = (http: HttpClient) => ${expressionIn(block)};`;
    case 'config':
      return `export const shown = (config: {readonly start_date?: string}) => ${expressionIn(block)};`;
    default:
      throw new Error(`"ts ${kind}" is not a kind of example.`);
  }
};

const moduleOf = (kind: string, block: string): string => {
  if (kind === '' || kind === 'test') return block;
  const code = codeOf(kind, block);
  return `${importsFor(code)}\n${code}\n`;
};

export const textOf = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** The TypeScript blocks of a page, except those that are named as files of a source. */
export const examplesOf = (path: string): readonly Example[] =>
  [...textOf(path).matchAll(/^(?:`\S+\/\S+`\n\n)?```ts(?: (\w+))?\n([\s\S]*?)^```$/gm)]
    .filter(([block]) => block.startsWith('```'))
    .map(([, kind = '', block = ''], index) => ({
      name: `${basename(path, '.md')}-${index + 1}${kind === 'test' ? '.test' : ''}.ts`,
      code: moduleOf(kind, block)
        .replaceAll("'./generated/", "'../tracker/generated/")
        .replaceAll("'./index.ts'", "'./authoring-1.ts'"),
    }));

/** The first column of a page's first table of code. */
export const rowsOf = (path: string): readonly string[] =>
  [...textOf(path).matchAll(/^\| `(.+?)` +\|/gm)].map(([, code = '']) => code).slice(1);

/** Writes examples to files, in a folder where `headwater` can be imported. */
export const writeExamples = (examples: readonly Example[]) => {
  // The dot hides the folder from checks of the whole repository that run at the same time.
  const folder = mkdtempSync(join(import.meta.dirname, '.docs-'));
  for (const {name, code} of examples) writeFileSync(join(folder, name), code);
  return {
    folder,
    load: (name: string): Promise<Record<string, unknown>> => import(join(folder, name)),
    /** The output of tsc for the examples. */
    compile: (): Promise<string> => {
      const files = examples.map(({name}) => name);
      const config = {extends: join(ROOT, 'tsconfig.json'), files, include: [], exclude: []};
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
      return new Promise((resolve) => {
        execFile(process.execPath, [TSC, '-p', folder, '--pretty', 'false'], (_error, stdout) =>
          resolve(stdout),
        );
      });
    },
    remove: (): void => rmSync(folder, {recursive: true}),
  };
};
