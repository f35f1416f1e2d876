import {runCommandLine} from '../../process/command-line.ts';

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
  'emit DEBUG logs too, as with LOG_LEVEL=debug in the environment',
] as const;

const CONFIGURED = [
  ['check', 'check that a config works'],
  ['discover', 'list the streams and their schemas'],
] as const;

type Debug = {readonly debug?: boolean};

type ReadFiles = {readonly config: string; readonly catalog: string; readonly state?: string};

export type Parsed = {readonly invocation: Invocation} | {readonly exitCode: number};

/**
 * Reads argv. Usage errors go to stderr, where no client takes them for a message.
 * @returns an exit code if only help, the version or a usage error was printed
 */
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
        .description('describe the config')
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
        .description('read records, with states to continue from')
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
