// The command line of `headwater lint`. Its implementation is loaded only when it runs.
import {InvalidArgumentError, Option, type Command as Program} from 'commander';
import type {Act} from '../process/command-line.ts';
import type {Command} from './connectors/connector.ts';
import type {LintOptions} from './invariants/lint-filter.ts';

const EXAMPLES = `
Examples:
  source read --config c.json --catalog k.json | headwater lint --catalog k.json --config c.json
  source read … | headwater lint --pass --catalog k.json | destination write …
  headwater lint --catalog k.json --exit-code 1 < output.jsonl

Exit codes: 0 no errors (there may be warnings), 1 errors, 2 the command line or a file that it names is wrong.`;

const wholeNumber = (value: string): number => {
  if (/^\d{1,3}$/.test(value)) return Number(value);
  throw new InvalidArgumentError('It must be a whole number, such as 0 or 1.');
};

const COMMANDS: readonly Command[] = ['spec', 'check', 'discover', 'read'];

export const addLintCommand = (program: Program, act: Act): void => {
  program
    .command('lint')
    .usage('[options] < output')
    .summary('check what a connector prints, as a filter')
    .description('Reads the output of a connector from stdin, and reports what is wrong with it.')
    .option('--catalog <file>', 'the configured catalog of the read')
    .option('--config <file>', 'the config, whose secrets must not be printed')
    .option('--spec <file>', 'the output of `spec`, which marks the secrets of the config')
    .option('--state <file>', 'the state that the read was given')
    .addOption(
      new Option(
        '--command <command>',
        'the command that was run; `read` if there is a catalog',
      ).choices(COMMANDS),
    )
    .option(
      '--exit-code <n>',
      'the exit code of the connector, which a filter cannot see',
      wholeNumber,
    )
    .option('--json <file>', 'write the findings as JSON')
    .option('--pass', 'pass every byte through to stdout; findings go to stderr', false)
    .showHelpAfterError('(headwater lint --help says more)')
    .addHelpText('after', EXAMPLES)
    .allowExcessArguments(false)
    .action(
      act(async (options: LintOptions) => {
        const {runLint} = await import('./invariants/lint-filter.ts');
        return runLint(options);
      }),
    );
};
