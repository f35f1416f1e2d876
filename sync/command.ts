// `headwater sync` on the command line. What it does is loaded when it runs.
import type {Command as Program} from 'commander';
import type {Act} from '../process/command-line.ts';

type Flags = {
  readonly config?: readonly string[];
  readonly state?: readonly string[];
  readonly to: string;
  readonly tokens?: string;
  readonly streams?: readonly string[];
  readonly debug?: boolean;
};

const EXAMPLES = `
Examples:
  headwater sync faker
  headwater sync github --config github.json --streams issues,commits
  headwater sync faker github --config github=github.json --to jsonl:data
  headwater sync ./my-source/main.py --config my-source.json

A source is one of our own, by its name, or any Airbyte source, by the path of its program.
Run the same command again and only what is new is read.

Exit codes: 0 all is well, 1 a source failed, 2 the command line is wrong, 130 and 143 stopped.`;

const collect = (value: string, values: readonly string[] = []): readonly string[] => [
  ...values,
  value,
];

const names = (value: string): readonly string[] =>
  value
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');

export const addSyncCommand = (program: Program, act: Act): void => {
  program
    .command('sync')
    .summary('read sources and write each stream to a file of its own')
    .description('Reads sources and writes each stream to a file of its own.')
    .argument('<source...>', 'what to read; several are read side by side')
    .option(
      '--config <file>',
      'the config of the source, as JSON; <source>=<file> where there are several',
      collect,
    )
    .option('--to <place>', 'where to: jsonl:<directory>', 'jsonl:out')
    .option('--streams <names>', 'read these only: issues,commits or github.issues', names)
    .option(
      '--state <file>',
      'keep the state here instead of beside the data; <source>=<file> where there are several',
      collect,
    )
    .option(
      '--tokens <directory>',
      'keep here what sources change in their configs, such as refresh tokens, and start from it',
    )
    .option('--debug', 'show all that the sources log')
    .showHelpAfterError('(headwater sync --help says more)')
    .addHelpText('after', EXAMPLES)
    .action(
      act(async (sources: readonly string[], flags: Flags) => {
        const {
          config: configs = [],
          state: states = [],
          to,
          tokens,
          streams,
          debug = false,
        } = flags;
        const {runSync} = await import('./cli.ts');
        return runSync({sources, configs, states, to, tokens, streams, debug});
      }),
    );
};
