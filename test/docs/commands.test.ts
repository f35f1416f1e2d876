// The README's commands, run as they stand, in a fresh copy of the checkout.
import {mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import {copyCheckout} from '../e2e/checkout.ts';
import {ROOT, runProgram} from '../e2e/run-program.ts';
import {type ApiServer, sendJson, serveApi} from '../http/api-server.ts';

const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
const {folder: checkout, remove} = copyCheckout();
afterAll(remove);

const section = (title: string): string => {
  const [, rest = ''] = readme.split(`\n## ${title}\n`);
  return rest.split('\n## ')[0] ?? '';
};

/** The shell blocks of a text; those for docker are run by the image's tests. */
const shellBlocks = (markdown: string): readonly string[] =>
  [...markdown.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = '']) => block);

/** Runs a block in the checkout, its lines one by one as one shell, ending at the first that fails. */
const shell = (block: string) =>
  runProgram('/bin/sh', ['-ec', `cd "$0"\n${block.replace(/^npm install$/m, ':')}`, checkout]);

const lines = (path: string): readonly string[] =>
  readFileSync(join(checkout, path), 'utf8').split('\n').filter(Boolean);

const landed = (folder: string, prefix: string): readonly string[] =>
  readdirSync(join(checkout, folder)).filter((name) => name.startsWith(prefix));

describe('the README', () => {
  test('lands 1000 users with its first two commands, and nothing twice with the second run', async () => {
    const [start = ''] = shellBlocks(readme);
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

  test('uses a source by hand as it says', async () => {
    const [byHand = '', read = '', sync = ''] = shellBlocks(section('Use a source'));
    const answers = await shell(byHand);
    expect(answers.stdout.split('\n').map((line) => line.slice(0, 20))).toEqual([
      '{"type":"SPEC","spec',
      '{"type":"CONNECTION_',
      '{"type":"CATALOG","c',
      '',
    ]);
    const messages = await shell(read);
    expect(messages.stdout).not.toContain('"type":"RECORD"');
    expect(messages.stdout).toContain('"status":"COMPLETE"');
    const synced = await shell(sync);
    expect([answers.status, messages.status, synced.status]).toEqual([0, 0, 0]);
    expect(landed('landing', 'faker_')).toHaveLength(2);
  }, 60_000);
});

describe('the first source of the README', () => {
  let api: ApiServer;
  const issues = [
    {id: 1, title: 'First', updated_at: '2026-01-01T00:00:00Z'},
    {id: 2, title: 'Second', updated_at: '2026-01-02T00:00:00Z'},
    {id: 3, title: 'Third', updated_at: '2026-01-03T00:00:00Z'},
  ];
  beforeAll(async () => {
    api = await serveApi((request, response, url) => {
      if (request.headers.authorization !== 'Bearer my-token') {
        return sendJson(response, {message: 'who are you'}, {status: 401});
      }
      const asked = new URL(request.url ?? '', url);
      if (asked.pathname === '/me') return sendJson(response, {});
      const since = asked.searchParams.get('since') ?? '';
      const changed = issues.filter(({updated_at}) => updated_at >= since);
      if (asked.searchParams.get('page') === '2') return sendJson(response, changed.slice(2));
      asked.searchParams.set('page', '2');
      const link = changed.length > 2 ? {link: `<${asked}>; rel="next"`} : {};
      return sendJson(response, changed.slice(0, 2), {headers: link});
    });
  });
  afterAll(() => api.close());

  test('is four files in a folder of its own, and reads the API incrementally', async () => {
    const text = section('Your first source');
    const files = [...text.matchAll(/^`(sources\/\S+)`[^\n]*\n\n```\w+\n(.*?)^```$/gms)];
    expect(files.map(([, path]) => path)).toEqual([
      'sources/tracker/spec.json',
      'sources/tracker/schemas/issues.json',
      'sources/tracker/index.ts',
      'sources/tracker/main.ts',
    ]);
    for (const [, path = '', content = ''] of files) {
      mkdirSync(join(checkout, dirname(path)), {recursive: true});
      writeFileSync(join(checkout, path), content.replace(/(?<="default": ")[^"]+/, api.url));
    }
    const [commands = ''] = shellBlocks(text);
    const {status, stdout, stderr} = await shell(commands);
    expect(status === 0 ? '' : stdout + stderr).toBe('');
    expect(stdout).toContain(
      '{"type":"CONNECTION_STATUS","connectionStatus":{"status":"SUCCEEDED"}}',
    );
    const [file = ''] = landed('landing', 'tracker_issues_');
    expect(lines(`landing/${file}`).map((line) => JSON.parse(line).id)).toEqual([1, 2, 3]);
    expect(JSON.parse(lines('landing/tracker.state.json').join(''))).toMatchObject([
      {stream: {stream_state: {updated_at: '2026-01-03T00:00:00Z'}}},
    ]);

    issues.push({id: 4, title: 'Fourth', updated_at: '2026-01-04T00:00:00Z'});
    await shell(
      'npx headwater sync tracker --config secrets/tracker.json --to jsonl:again --state landing/tracker.state.json',
    );
    const [again = ''] = landed('again', 'tracker_issues_');
    expect(lines(`again/${again}`).map((line) => JSON.parse(line).id)).toEqual([3, 4]);
  }, 120_000);

  test('keeps to the lint rules', async () => {
    const lint = await runProgram(join(ROOT, 'node_modules/.bin/biome'), [
      'lint',
      join(checkout, 'sources/tracker'),
    ]);
    expect(lint.status).toBe(0);
  });
});
