// The commands of README.md, docs/command-line.md and docs/deploying.md, run unchanged in a fresh copy of the checkout. Those of
// docs/tutorial.md have a test of their own; `npx headwater test`, which docs/testing.md shows, is run there.
import {mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, expect, test} from '@jest/globals';
import {parse} from 'yaml';
import {copyCheckout} from '../e2e/checkout.ts';
import {type Ended, FAKER, runProgram} from '../e2e/run-program.ts';
import {textOf} from './examples.ts';

const {folder: checkout, remove} = copyCheckout();
afterAll(remove);

/** The shell blocks of a page; those for docker are run by the image's tests. */
const shellBlocks = (path: string): readonly string[] =>
  [...textOf(path).matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = '']) => block);

/** Runs a block in the checkout, its lines one by one as one shell, stopping at the first that fails. */
const shell = (block: string): Promise<Ended> =>
  runProgram('/bin/sh', ['-ec', `cd "$0"\n${block.replace(/^npm install$/m, ':')}`, checkout]);

const lines = (path: string): readonly string[] =>
  readFileSync(join(checkout, path), 'utf8').split('\n').filter(Boolean);

const landed = (folder: string, prefix: string): readonly string[] =>
  readdirSync(join(checkout, folder)).filter((name) => name.startsWith(prefix));

test('the README lands 1000 users with its first two commands, and no duplicates with the second run', async () => {
  const [start = ''] = shellBlocks('README.md');
  const first = await shell(start);
  expect(first.status).toBe(0);
  const [users = '', ...others] = landed('out', 'faker_users_');
  expect(others).toEqual([]);
  expect(lines(`out/${users}`)).toHaveLength(1000);
  expect(JSON.parse(lines(`out/${users}`)[0] ?? '')).toMatchObject({
    id: 1,
    __source: 'faker',
    __stream: 'users',
    __ingested_at: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T/),
  });
  expect(landed('out', 'faker.state.json')).toEqual(['faker.state.json']);
  await shell('npm start');
  expect(landed('out', 'faker_users_')).toEqual([users]);
}, 60_000);

test('the README syncs two streams of a source', async () => {
  const [, sync = ''] = shellBlocks('README.md');
  const {status} = await shell(sync);
  expect([status, landed('landing', 'faker_').length]).toEqual([0, 2]);
}, 60_000);

test('docs/command-line.md uses a source by hand, and syncs it', async () => {
  const [bySource = '', byHand = '', read = '', again = '', sync = '', ...others] =
    shellBlocks('docs/command-line.md');
  const {status, stdout} = await shell(bySource);
  expect([status, stdout.match(/"type":"RECORD"/g)?.length]).toEqual([0, 5]);
  expect(JSON.parse(lines('users.json').join('')).streams).toHaveLength(1);
  const manual = await shell(byHand);
  expect(manual.stdout.split('\n').map((line) => line.slice(0, 20))).toEqual([
    '{"type":"SPEC","spec',
    '{"type":"CONNECTION_',
    '{"type":"CATALOG","c',
    '',
  ]);
  const first = await shell(read);
  expect(lines('messages.jsonl').filter((line) => line.includes('"type":"RECORD"'))).toHaveLength(
    5,
  );
  const second = await shell(again);
  expect(second.stdout).not.toContain('"type":"RECORD"');
  expect(second.stdout).toContain('"status":"COMPLETE"');
  const synced = await shell(sync.replace('jsonl:landing', 'jsonl:by-hand'));
  expect([manual, first, second, synced].map(({status}) => status)).toEqual([0, 0, 0, 0]);
  expect(landed('by-hand', 'faker_')).toHaveLength(2);
  expect(others).toEqual([]);
}, 60_000);

test('the CronJob of docs/deploying.md reads only new records each time', async () => {
  const manifest = textOf('docs/deploying.md')
    .split('```')
    .find((block) => block.startsWith('yaml\napiVersion'));
  const {spec} = parse(manifest?.slice('yaml\n'.length) ?? '');
  const [container] = spec.jobTemplate.spec.template.spec.containers;
  mkdirSync(join(checkout, 'data'));
  mkdirSync(join(checkout, 'config'));
  writeFileSync(join(checkout, 'config/config.json'), '{"count": 5}');
  const stream = {name: 'users', json_schema: {}, supported_sync_modes: ['incremental']};
  const configured = {stream, sync_mode: 'incremental', destination_sync_mode: 'append'};
  writeFileSync(join(checkout, 'config/catalog.json'), JSON.stringify({streams: [configured]}));
  const script = container.args[0]
    .replaceAll(/ \/(data|config)\b/g, ` ${checkout}/$1`)
    .replace('node /airbyte/integration_code/main.js', FAKER);
  const records = async (): Promise<number> => {
    const {status} = await runProgram('/bin/sh', [...container.command.slice(1), script]);
    expect(status).toBe(0);
    const [last = ''] = landed('data', 'messages-').toSorted().slice(-1);
    return lines(`data/${last}`).filter((line) => line.includes('"type":"RECORD"')).length;
  };
  expect(await records()).toBe(5);
  // Its files are named by the second.
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  expect(await records()).toBe(0);
}, 60_000);
