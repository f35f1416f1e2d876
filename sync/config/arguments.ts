import {CommanderError, Command as Program} from 'commander';

/** What the command line asks for, as it was typed. */
export type Invocation = {
  readonly sources: readonly string[];
  readonly configs: readonly string[];
  readonly states: readonly string[];
  readonly to: string;
  readonly tokens: string | undefined;
  readonly streams: readonly string[] | undefined;
  readonly debug: boolean;
};

/** What was parsed, or the exit code of a call that ended with help, the version or a usage error. */
export type Parsed = {readonly invocation: Invocation} | {readonly exitCode: number};

export const EXIT_USAGE = 2;

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

/** Reads argv. Usage errors go to stderr. */
export const parseArguments = (version: string, argv: readonly string[]): Parsed => {
  let invocation: Invocation | undefined;
  const program = new Program('headwater')
    .description('Moves the records of Airbyte sources to where you want them.')
    .version(version)
    .showHelpAfterError('(headwater --help says more)')
    .exitOverride();
  program
    .command('sync')
    .description('read sources and write each stream to a file of its own')
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
    .action((sources, {config = [], state = [], to, tokens, streams, debug = false}) => {
      invocation = {sources, configs: config, states: state, to, tokens, streams, debug};
    });
  try {
    program.parse(argv);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return {exitCode: error.exitCode === 0 ? 0 : EXIT_USAGE};
  }
  return invocation === undefined ? {exitCode: EXIT_USAGE} : {invocation};
};
