// The commands of docs/lint.md run unchanged, and its table lists all invariants.
import {mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, expect, test} from '@jest/globals';
import {INVARIANTS} from '../../acceptance-tests/invariants/all.ts';
import {FAKER, ROOT, runProgram} from '../e2e/run-program.ts';

const page = readFileSync(join(ROOT, 'docs/lint.md'), 'utf8');
const [first = '', pipe = ''] = [...page.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(
  ([, block = '']) => block,
);

const folder = mkdtempSync(join(tmpdir(), 'headwater-lint-docs-'));
afterAll(() => rmSync(folder, {recursive: true}));

const config = {count: 5};
const stream = {
  name: 'users',
  json_schema: {type: 'object', properties: {}},
  supported_sync_modes: ['full_refresh', 'incremental'],
  source_defined_cursor: true,
  default_cursor_field: ['updated_at'],
};
writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
symlinkSync(join(ROOT, 'sources'), join(folder, 'sources'));

const prepare = async (): Promise<void> => {
  const {stdout} = await runProgram(FAKER, ['discover', '--config', join(folder, 'config.json')]);
  const {catalog} = JSON.parse(stdout.split('\n').find((line) => line.includes('CATALOG')) ?? '');
  const [users] = catalog.streams.filter(({name}: typeof stream) => name === 'users');
  const configured = {stream: users, sync_mode: 'incremental', destination_sync_mode: 'append'};
  writeFileSync(join(folder, 'catalog.json'), JSON.stringify({streams: [configured]}));
};

/** Runs a block in a shell, without npx, which would look for the package in the folder. */
const shell = (block: string) =>
  runProgram('bash', [
    '-ec',
    `cd "$0"\n${block.replaceAll('npx headwater', join(ROOT, 'headwater/main.ts'))}`,
    folder,
  ]);

test('the first commands of docs/lint.md find nothing wrong with faker', async () => {
  await prepare();
  const {status, stdout} = await shell(first);
  const [, printed] = /```\n\n```\n([\s\S]*?)```/.exec(page) ?? [];
  expect({status, stdout}).toEqual({status: 0, stdout: printed});
});

test('its pipe passes every record through', async () => {
  await prepare();
  const {status, stdout} = await shell(pipe);
  expect({status, stdout}).toEqual({status: 0, stdout: '5\n'});
  expect(readFileSync(join(folder, 'findings.txt'), 'utf8')).toMatch(/^Nothing is wrong/);
});

test('its table lists every invariant with its description', () => {
  const rows = [...page.matchAll(/^\| `([a-z][a-z-]+)` +\| (.+?) +\|$/gm)].map(
    ([, name, about]) => ({
      name,
      about,
    }),
  );
  expect(rows).toEqual(INVARIANTS.map(({name, about}) => ({name, about})));
});
