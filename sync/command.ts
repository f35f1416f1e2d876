// `headwater sync` on the command line. The rest is loaded when it runs.
import type {Command as Program} from 'commander';
import type {Act} from '../process/command-line.ts';

type Flags = {
  readonly config?: readonly string[];
  readonly state?: readonly string[];
  readonly to: string;
  readonly tokens?: string;
  readonly streams?: readonly string[];
  readonly adoptState?: boolean;
  readonly debug?: boolean;
};

const EXAMPLES = `
Examples:
  headwater sync faker
  headwater sync github --config github.json --streams issues,commits
  headwater sync faker github --config github=github.json --to jsonl:data
  headwater sync ./my-source/main.py --config my-source.json

A source is the name of a folder in sources/, or the path of any Airbyte source's program.
Run the same command again to read only new records.

Exit codes: 0 success, 1 a source failed, 2 the command line is wrong, 129, 130, 131 and 143 stopped by a signal.`;

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
    .summary('read sources and write each stream to its own file')
    .description('Reads sources and writes each stream to its own file.')
    .argument('<source...>', 'the sources; several are read side by side')
    .option(
      '--config <file>',
      'the config of the source, as JSON; <source>=<file> for each of several sources',
      collect,
    )
    .option('--to <destination>', 'write to jsonl:<directory>', 'jsonl:out')
    .option('--streams <names>', 'read only these streams: issues,commits or github.issues', names)
    .option(
      '--state <file>',
      'keep the state in this file, not beside the data; <source>=<file> for each of several sources',
      collect,
    )
    .option(
      '--tokens <directory>',
      'keep configs that sources change here, such as refresh tokens, and start from them',
    )
    .option('--adopt-state', 'use a state that was saved for another program, config or account')
    .option('--debug', 'show everything that the sources log')
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
          adoptState = false,
          debug = false,
        } = flags;
        const {runSync} = await import('./cli.ts');
        return runSync({sources, configs, states, to, tokens, streams, adoptState, debug});
      }),
    );
};
