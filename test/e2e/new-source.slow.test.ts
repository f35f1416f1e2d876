// `npx headwater new <name>` in a fresh copy of the checkout makes a source that passes all checks of a source.
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import {copyCheckout} from './checkout.ts';
import {type Ended, runProgram} from './run-program.ts';

const {folder, remove} = copyCheckout();
afterAll(remove);

const NAME = 'thing-tracker';
const FOLDER = `sources/${NAME}`;

const shell = (command: string): Promise<Ended> =>
  // As in a shell of its own: what this run names is nothing to the runs inside.
  runProgram('/bin/sh', ['-ec', `cd "$0"; unset HEADWATER_TESTS; ${command}`, folder]);

/** The output of a command if it failed, else an empty string. */
const problemOf = async (command: string): Promise<string> => {
  const {status, stdout, stderr} = await shell(command);
  return status === 0 ? '' : `${command} ended with ${status}:\n${stdout}${stderr}`;
};

let made: Ended;
beforeAll(async () => {
  made = await shell(`npx headwater new ${NAME}`);
}, 60_000);

describe('a new source', () => {
  test('has all files that it needs, with no placeholder left', () => {
    expect(made.stderr).toBe('');
    expect(made.status).toBe(0);
    const files = [...made.stdout.matchAll(/^ {2}(sources\/\S+)$/gm)];
    expect(files.map(([, path]) => path)).toEqual([
      ...[
        ...['README.md', 'acceptance-test-config.yml'],
        ...['fake-api/fake-api.test.ts', 'fake-api/index.ts', 'fake-api/main.ts'],
        ...['icon.svg', 'index.ts'],
        'integration_tests/abnormal_state.json',
        'integration_tests/configured_catalog.json',
        'integration_tests/expected_records.jsonl',
        'integration_tests/invalid_config.json',
        'integration_tests/sample_config.json',
        ...['main.ts', 'metadata.yaml', 'schemas/groups.json', 'schemas/items.json', 'spec.json'],
        `${NAME}.test.ts`,
      ].map((path) => `sources/${NAME}/${path}`),
    ]);
    for (const [, path = ''] of files) {
      expect(readFileSync(join(folder, path), 'utf8')).not.toMatch(/\{\{\w+\}\}/);
    }
    expect(made.stdout).toContain(`npx headwater test ${NAME}`);
  });

  test('has generated types, correct metadata and no lint errors', async () => {
    const problems = [
      await problemOf('npm run --silent generate -- --check'),
      await problemOf(`node_modules/.bin/biome ci ${FOLDER}`),
      await problemOf('npm run --silent types'),
      await problemOf('npm run --silent metadata'),
    ];
    expect(problems).toEqual(['', '', '', '']);
  }, 120_000);

  test('passes its own tests, and those of its fake API', async () => {
    const {status, stderr} = await shell(`npm test --silent -- ${NAME}`);
    expect(stderr).toContain('Test Suites: 2 passed, 2 total');
    expect(status).toBe(0);
  }, 120_000);

  test('passes the acceptance tests at high strictness, without a warning', async () => {
    const {status, stdout} = await shell(`npm run --silent test:acceptance -- ${NAME}`);
    const warnings = stdout.split('\n').filter((line) => /^ *!/.test(line));
    expect([warnings, status]).toEqual([[], 0]);
    expect(stdout).toMatch(/passes\. \d+ checks: \d+ passed, \d+ skipped in/);
  }, 300_000);

  test('is proved by the commands of AGENTS.md', async () => {
    const blocks = readFileSync(join(folder, 'AGENTS.md'), 'utf8').matchAll(/^```sh\n(.*?)^```/gms);
    const proof = [...blocks].map(([, block]) => block).join('');
    const commands = proof.replaceAll('<name>', NAME).replaceAll('<stream>', 'items');
    // On a free port: other tests use the one of the config.
    const onFreePort = ` --port 0 > url.txt & api=$!; trap 'kill $api' EXIT
      until [ -s url.txt ]; do sleep 0.1; done
      sed -i "s|http://[^\\"]*|$(cat url.txt)|" ${FOLDER}/integration_tests/sample_config.json`;
    const {status, stdout, stderr} = await shell(commands.replace(/ &$/m, () => onFreePort));
    expect([status, stderr]).toEqual([0, expect.not.stringContaining('error:')]);
    expect(stdout).toContain('The schema fits these records.');
    expect(stdout).toContain('Nothing is wrong in ');
    expect(stdout).toMatch(/passes\. \d+ checks: /);
    const expected = `${FOLDER}/integration_tests/expected_records.jsonl`;
    expect(readFileSync(join(folder, expected), 'utf8')).toMatch(
      /^(\{"stream":"(items|groups)","data":\{.*\n){4}$/,
    );
  }, 300_000);

  test('does not overwrite a source that exists', async () => {
    const again = await shell(`npx headwater new ${NAME}`);
    expect([again.status, again.stderr]).toEqual([
      2,
      `error: sources/${NAME} already exists: choose another name, or remove it.\n`,
    ]);
  });

  test('cannot have a name that is not valid in code', async () => {
    const {status, stderr} = await shell('npx headwater new class');
    expect(status).toBe(2);
    expect(stderr).toContain('"class" cannot be the name of a source');
  });
});

test('a source without acceptance tests fails them', async () => {
  const {status, stdout} = await shell(
    'rm sources/faker/acceptance-test-config.yml; npm run --silent test:acceptance -- faker',
  );
  expect(status).toBe(1);
  expect(stdout).toBe(
    [
      '\nfaker, as a program:',
      'sources/faker has no acceptance-test-config.yml: write one; `npx headwater new` generates an example.',
      '\nFailed the acceptance tests: faker.\n',
    ].join('\n'),
  );
});
