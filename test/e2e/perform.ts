// Runs a command of a source as its program does, but in this process: it reads the files named in argv and returns the
// messages and the exit code. Tests of stdout, signals and the console start the program.
import type {Source} from '../../cdk/author/source.ts';
import {parseArguments} from '../../cdk/program/arguments.ts';
import {perform} from '../../cdk/program/cli.ts';
import type {Output} from '../../cdk/program/stdout.ts';
import type {AirbyteMessage} from '../../cdk/protocol/generated/airbyte.ts';
import {logMessage} from '../../cdk/protocol/messages.ts';
import {createRedactor} from '../../cdk/protocol/secrets.ts';
import {printedLines} from '../../cdk/testing/printed-lines.ts';
import {parseMessages} from '../../cdk/testing/protocol.ts';
import {configHasSecrets, isSecret} from '../../cdk/testing/secrets.ts';
import {configIn} from './run-program.ts';

export type Performed = {
  /** The exit code. */
  readonly status: number;
  readonly stdout: string;
  readonly messages: readonly AirbyteMessage[];
};

export const performSource = async <C extends object>(
  source: Source<C>,
  args: readonly string[],
): Promise<Performed> => {
  const parsed = await parseArguments(source.name, '0.0.0', ['node', source.name, ...args], false);
  if ('exitCode' in parsed) throw new Error(`This is not a command: ${args.join(' ')}`);
  configHasSecrets(source.spec, configIn(args));
  const redactor = createRedactor();
  const lines: string[] = [];
  const output: Output = {
    write: async (emission) => void lines.push(printedLines(emission, redactor.redact)),
    log: (level, message, stack) => {
      if (!parsed.invocation.debug && (level === 'DEBUG' || level === 'TRACE')) return;
      lines.push(printedLines(logMessage(level, message, stack), redactor.redact));
    },
    flush: async () => {},
  };
  const status = await perform(source, parsed.invocation, output, {
    signal: new AbortController().signal,
    now: Date.now,
    redactor: {
      add: (secrets) => {
        for (const secret of secrets) isSecret('a secret of the redactor', secret);
        redactor.add(secrets);
      },
      redact: redactor.redact,
    },
    emit: output.write,
    log: output.log,
  });
  const stdout = lines.join('');
  return {status, stdout, messages: parseMessages(stdout)};
};
