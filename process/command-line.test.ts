import {expect, test} from '@jest/globals';
import {runCommandLine} from './command-line.ts';
import {UsageError} from './errors.ts';

/** Runs a program with one command. */
const run = async (args: readonly string[], work: (name: string) => Promise<number>) => {
  const printed = {stdout: '', stderr: ''};
  const status = await runCommandLine(
    'program',
    (program, act) => {
      program.command('greet').argument('<name>').action(act(work));
    },
    ['node', 'program', ...args],
    {
      out: (text) => {
        printed.stdout += text;
      },
      err: (text) => {
        printed.stderr += text;
      },
    },
  );
  return {status, ...printed};
};

test('the exit code is the result of the action', async () => {
  expect(await run(['greet', 'Ada'], async (name) => name.length)).toEqual({
    ...{status: 3, stdout: '', stderr: ''},
  });
});

test('help goes to stdout with exit code 0, and usage errors to stderr with 2', async () => {
  const never = async () => 1;
  const usage = expect.stringMatching(/^Usage: program/);
  expect([
    await run(['--help'], never),
    await run([], never),
    await run(['greet'], never),
    await run(['shout'], never),
  ]).toEqual([
    {status: 0, stdout: usage, stderr: ''},
    {status: 2, stdout: '', stderr: usage},
    {status: 2, stdout: '', stderr: "error: missing required argument 'name'\n"},
    {status: 2, stdout: '', stderr: "error: unknown command 'shout'\n"},
  ]);
});

test('a UsageError of an action is printed line by line with exit code 2; another error is thrown', async () => {
  const refuse = async () => {
    throw new UsageError('a: is wrong.\nb: is wrong.');
  };
  const fail = async () => {
    throw new Error('a fault');
  };
  expect(await run(['greet', 'Ada'], refuse)).toEqual({
    ...{status: 2, stdout: '', stderr: 'error: a: is wrong.\nerror: b: is wrong.\n'},
  });
  await expect(run(['greet', 'Ada'], fail)).rejects.toThrow('a fault');
});
