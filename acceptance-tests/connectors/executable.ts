// A connector that is a command line on this machine.
import {spawnSync} from 'node:child_process';
import type {Stop} from '../../process/child.ts';
import {UsageError} from '../../process/errors.ts';
import type {CallStyle, Command, Connector, Inputs} from './connector.ts';
import {writeInputs} from './input-files.ts';
import {runProcess} from './run-process.ts';

const SHELL = '/bin/sh';

const assertExists = (commandLine: string): void => {
  const {status} = spawnSync(SHELL, ['-c', 'eval "set -- $0"; command -v "$1"', commandLine]);
  if (status === 0) return;
  throw new UsageError(
    `--exec ${commandLine}: there is no such executable (if the file exists, run chmod +x). Give a program's path, or a command with its first arguments in quotes, such as --exec 'python main.py'.`,
  );
};

/**
 * Opens the connector that a shell command starts; `spec`, `check …` are appended to it. Fails with a UsageError if
 * there is no such program.
 */
export const openExecutable = (
  commandLine: string,
  environment: Readonly<Record<string, string>> = {},
  stop?: Stop,
): Connector => {
  assertExists(commandLine);
  const run = async (command: Command, inputs: Inputs, style: CallStyle = {}) => {
    const {options, remove} = await writeInputs(inputs, style);
    const words = style.words ?? [command, ...options];
    const merge = style.stderr === 'merged' ? ' 2>&1' : '';
    try {
      return await runProcess(
        {
          program: SHELL,
          // `exec`, so that the exit is the connector's own: a shell in between turns signals into exit codes.
          args: ['-c', `exec ${commandLine} "$@"${merge}`, SHELL, ...words],
          environment: {...process.env, ...environment, ...style.environment},
          stop,
          measured: true,
        },
        {command, commandLine: [commandLine, ...words].join(' '), inputs, style},
      );
    } finally {
      await remove();
    }
  };
  return {label: commandLine, image: undefined, run};
};
