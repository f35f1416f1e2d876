import {runCommandLine} from '../../process/command-line.ts';

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

const CONFIGURED = [
  ['check', 'say whether a config works'],
  ['discover', 'say which streams there are, and what their records look like'],
] as const;

type Debug = {readonly debug?: boolean};

type ReadFiles = {readonly config: string; readonly catalog: string; readonly state?: string};

/** What was parsed, or the exit code of a call that ended with help, the version or a usage error. */
export type Parsed = {readonly invocation: Invocation} | {readonly exitCode: number};

/** Reads argv. Usage errors go to stderr, where no client takes them for a message. */
export const parseArguments = async (
  name: string,
  version: string,
  argv: readonly string[],
  debugByDefault: boolean,
): Promise<Parsed> => {
  let invocation: Invocation | undefined;
  const choose = (chosen: Invocation): number => {
    invocation = {...chosen, debug: chosen.debug || debugByDefault};
    return 0;
  };
  const exitCode = await runCommandLine(
    `source-${name}`,
    (program, act) => {
      program
        .description(`Reads ${name} by the Airbyte protocol: one JSON message per line on stdout.`)
        .version(version)
        .showHelpAfterError();
      program
        .command('spec')
        .description('say what a config looks like')
        .option(...DEBUG)
        .action(act(({debug = false}: Debug) => choose({command: 'spec', debug})));
      for (const [command, description] of CONFIGURED) {
        program
          .command(command)
          .description(description)
          .requiredOption(...CONFIG)
          .option(...DEBUG)
          .action(
            act(({config, debug = false}: Debug & {readonly config: string}) =>
              choose({command, config, debug}),
            ),
          );
      }
      program
        .command('read')
        .description('read records, and the states to continue from')
        .requiredOption(...CONFIG)
        .requiredOption(
          '--catalog <file>',
          'the configured catalog, as JSON: which streams, and how',
        )
        .option('--state <file>', 'the state of an earlier read, to continue from it')
        .option(...DEBUG)
        .action(
          act(({debug = false, ...files}: Debug & ReadFiles) =>
            choose({command: 'read', ...files, debug}),
          ),
        );
    },
    argv,
  );
  return invocation === undefined ? {exitCode} : {invocation};
};
