// References to secrets in the config of a program, and of its bundle.
import {copyFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from '@jest/globals';
import {secret} from '../../cdk/testing/secrets.ts';
import {HEADWATER, ODD, ROOT, runProgram, runSource, workspace} from './run-program.ts';

const {folder, file} = workspace();

const checkWith = async (
  config: unknown,
  program: string,
  env: Readonly<Record<string, string>> = {},
) => {
  const path = file('config.json', config);
  const {messages, stdout} = await runSource(program, ['check', '--config', path], env);
  return {
    answer: messages.flatMap(({connectionStatus}) => connectionStatus ?? []),
    logs: messages.flatMap(({log}) => log?.message ?? []),
    stdout,
  };
};

test('a secret from a file is masked in all that a program prints', async () => {
  const token = file('token', `${secret('of a file')}\n`);
  const {answer, logs, stdout} = await checkWith(
    {token: `file:${token}`, behaviour: 'env:ODD_BEHAVIOUR'},
    ODD,
    {ODD_BEHAVIOUR: 'prints to the console'},
  );
  expect(answer).toEqual([{status: 'SUCCEEDED'}]);
  expect(logs).toContain('the token is ****');
  expect(stdout).not.toContain(secret('of a file'));
});

test('check reports FAILED for a config whose references cannot be resolved', async () => {
  const {answer} = await checkWith({token: 'env:NOT_SET_HERE', behaviour: 'file:/no/such'}, ODD);
  expect(answer).toEqual([
    {
      status: 'FAILED',
      message:
        "The reference env:NOT_SET_HERE can't be resolved: the environment variable NOT_SET_HERE is not set: set it where the source runs. " +
        "The reference file:/no/such can't be resolved: there is no such file: mount it where the source runs.",
    },
  ]);
});

test("a bundle reports how to install a cloud's client, which it does not contain", async () => {
  const {status} = await runProgram(HEADWATER, ['bundle', 'faker']);
  expect(status).toBe(0);
  // Outside of our node_modules, which have the client.
  const program = join(folder, 'main.mjs');
  copyFileSync(join(ROOT, 'dist/faker/main.js'), program);
  const references = {
    '@aws-sdk/client-secrets-manager': 'aws-sm:prod/seed',
    '@google-cloud/secret-manager': 'gcp-sm:projects/p/secrets/seed',
  };
  // Its first line runs `node` from PATH, and the host's may be older.
  const PATH = `${join(process.execPath, '..')}:${process.env['PATH']}`;
  for (const [name, reference] of Object.entries(references)) {
    const {answer} = await checkWith({seed: reference}, program, {PATH});
    expect(answer).toEqual([
      {
        status: 'FAILED',
        message: `The reference ${reference} can't be resolved: its package is not installed: run \`npm install ${name}\` next to the program, or add it to the image as in docs/secrets.md.`,
      },
    ]);
  }
}, 60_000);
