import {CommanderError, Command as Program} from 'commander';

/** What the command line asks for; files by their paths. */
export type Invocation = {readonly debug: boolean} & (
  | {readonly command: 'spec'}
  | {readonly command: 'check' | 'discover'; readonly config: string}
  | {
      readonly command: 'read';
      readonly config: string;
      readonly catalog: string;
      readonly state?: string;
    }
);

const CONFIG = ['--config <file>', 'the config, as JSON'] as const;
const DEBUG = [
  '--debug',
  'emit DEBUG logs too; so does LOG_LEVEL=debug in the environment',
] as const;

const EXIT_USAGE = 2;

/** What was parsed, or the exit code of a call that ended with help, the version or a usage error. */
export type Parsed = {readonly invocation: Invocation} | {readonly exitCode: number};

/** Reads argv. Usage errors go to stderr, where no client takes them for a message. */
export const parseArguments = (
  name: string,
  version: string,
  argv: readonly string[],
  debugByDefault: boolean,
): Parsed => {
  let invocation: Invocation | undefined;
  const choose = (chosen: Invocation): void => {
    invocation = {...chosen, debug: chosen.debug || debugByDefault};
  };
  const program = new Program(`source-${name}`)
    .description(`Reads ${name} by the Airbyte protocol: one JSON message per line on stdout.`)
    .version(version)
    .showHelpAfterError()
    .exitOverride();
  program
    .command('spec')
    .description('say what a config looks like')
    .option(...DEBUG)
    .action(({debug = false}) => choose({command: 'spec', debug}));
  program
    .command('check')
    .description('say whether a config works')
    .requiredOption(...CONFIG)
    .option(...DEBUG)
    .action(({config, debug = false}) => choose({command: 'check', config, debug}));
  program
    .command('discover')
    .description('say which streams there are, and what their records look like')
    .requiredOption(...CONFIG)
    .option(...DEBUG)
    .action(({config, debug = false}) => choose({command: 'discover', config, debug}));
  program
    .command('read')
    .description('read records, and the states to continue from')
    .requiredOption(...CONFIG)
    .requiredOption('--catalog <file>', 'the configured catalog, as JSON: which streams, and how')
    .option('--state <file>', 'the state of an earlier read, to continue from it')
    .option(...DEBUG)
    .action(({config, catalog, state, debug = false}) =>
      choose({command: 'read', config, catalog, state, debug}),
    );
  try {
    program.parse(argv);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return {exitCode: error.exitCode === 0 ? 0 : EXIT_USAGE};
  }
  return invocation === undefined ? {exitCode: EXIT_USAGE} : {invocation};
};
