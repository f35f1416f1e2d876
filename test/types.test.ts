// What TypeScript tells an author. tsc itself is asked, on a file with faults in it.
import {execFile} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from '@jest/globals';

const FOLDER = join(import.meta.dirname, 'types');
const TSC = join(import.meta.dirname, '../node_modules/typescript/bin/tsc');

const compile = (): Promise<string> =>
  new Promise((resolve) => {
    execFile(process.execPath, [TSC, '-p', FOLDER, '--pretty', 'false'], (_error, stdout) =>
      resolve(stdout),
    );
  });

test('fields that the schemas do not have do not compile, and the error names them', async () => {
  const lines = readFileSync(join(FOLDER, 'wrong-fields.ts'), 'utf8').split('\n');
  const wrong = lines.flatMap((line, index) => (line.includes('// wrong: ') ? [index + 2] : []));
  const errors = (await compile()).split('\n').filter((line) => line.includes(': error '));
  const at = (error: string): number => Number(/\((\d+),/.exec(error)?.[1]);
  expect(errors.map(at)).toEqual(wrong);
  expect(errors.map((error) => error.replace(/^.*?: error TS\d+: /, ''))).toEqual([
    "Property 'tokne' does not exist on type '{ token: string; count?: number; }'. Did you mean 'token'?",
    `Type '"idd"' is not assignable to type 'Field<Item>'.`,
    // Template literals of TypeScript, for nested cursors.
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the compiler's text
    "Type '\"updated\"' is not assignable to type '`id.${string}` | `name.${string}` | `updated_at.${string}` | Field<Item>'.",
    "Property 'repo' does not exist on type '{ repository: string; }'.",
    expect.stringMatching(/^Type '.*idd: number; }' is not assignable to type '.* => Partial</),
    "Property 'repo' does not exist on type '{ repository: string; }'.",
    expect.stringContaining("is not assignable to type '(context: ReadContext<"),
  ]);
});
