// `headwater lint` on the command line. What it does is loaded when it runs.
import {InvalidArgumentError, Option, type Command as Program} from 'commander';
import type {Act} from '../process/command-line.ts';
import type {Command} from './connectors/connector.ts';
import type {LintOptions} from './invariants/lint-filter.ts';

const EXAMPLES = `
Examples:
  source read --config c.json --catalog k.json | headwater lint --catalog k.json --config c.json
  source read … | headwater lint --pass --catalog k.json | destination write …
  headwater lint --catalog k.json --exit-code 1 < output.jsonl

Exit codes: 0 nothing is wrong (there may be warnings), 1 something is, 2 the command line is wrong.`;

const wholeNumber = (value: string): number => {
  if (/^\d{1,3}$/.test(value)) return Number(value);
  throw new InvalidArgumentError('It is a whole number, such as 0 or 1.');
};

const COMMANDS: readonly Command[] = ['spec', 'check', 'discover', 'read'];

export const addLintCommand = (program: Program, act: Act): void => {
  program
    .command('lint')
    .usage('[options] < output')
    .summary('say what is wrong with what a connector prints, as a filter')
    .description('Reads what a connector prints, and says what no connector may do.')
    .option('--catalog <file>', 'the configured catalog of the read')
    .option('--config <file>', 'the config: none of its secrets may show')
    .option('--spec <file>', 'what `spec` printed: it says which values of the config are secrets')
    .option('--state <file>', 'the state that the read was given')
    .addOption(
      new Option('--command <command>', 'what was run; `read`, where there is a catalog').choices(
        COMMANDS,
      ),
    )
    .option('--exit-code <n>', 'how the connector ended; a filter cannot see it', wholeNumber)
    .option('--json <file>', 'write the findings for programs')
    .option('--pass', 'hand every byte on to stdout; findings go to stderr', false)
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
