// A connector that is a command line on this machine.
import {type ChildProcess, spawnSync} from 'node:child_process';
import {UsageError} from '../errors.ts';
import type {Command, Connector, Inputs, Manner} from './connector.ts';
import {writeInputs} from './files.ts';
import {runProcess} from './process.ts';

const SHELL = '/bin/sh';

/** To the whole group: a script's interpreter may be a child of the shell that the command is. */
const sendToGroup = ({pid}: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): void => {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // Ended just now.
  }
};

const assertExists = (commandLine: string): void => {
  const {status} = spawnSync(SHELL, ['-c', 'eval "set -- $0"; command -v "$1"', commandLine]);
  if (status === 0) return;
  throw new UsageError(
    `--exec ${commandLine}: there is no such executable (or it lacks its run bit: chmod +x). Give a program's path, or a command with its first arguments in quotes, such as --exec 'python main.py'.`,
  );
};

/**
 * A connector by the words that start it, as a shell takes them; `spec`, `check …` are added. Fails with a
 * UsageError where there is no such program.
 */
export const openExecutable = (
  commandLine: string,
  environment: Readonly<Record<string, string>> = {},
): Connector => {
  assertExists(commandLine);
  const run = async (command: Command, inputs: Inputs, manner: Manner = {}) => {
    const {options, remove} = await writeInputs(inputs, manner);
    const words = manner.words ?? [command, ...options];
    const merge = manner.stderr === 'merged' ? ' 2>&1' : '';
    try {
      return await runProcess(
        {
          program: SHELL,
          // `exec`, so that its exit is the connector's own: a shell in between turns signals into codes.
          args: ['-c', `exec ${commandLine} "$@"${merge}`, SHELL, ...words],
          environment: {...process.env, ...environment, ...manner.environment},
          send: sendToGroup,
          measured: true,
        },
        {command, commandLine: [commandLine, ...words].join(' '), inputs, manner},
      );
    } finally {
      await remove();
    }
  };
  return {label: commandLine, image: undefined, run};
};
