// The `headwater` command. Each of its commands loads its folder when it runs.
import {addLintCommand} from '../acceptance-tests/lint-command.ts';
import {addTestCommand} from '../acceptance-tests/test-command.ts';
import packageJson from '../package.json' with {type: 'json'};
import {type Output, runCommandLine} from '../process/command-line.ts';
import {addSyncCommand} from '../sync/command.ts';
import {addNewCommand} from './new/command.ts';
import {addSourceCommands} from './source/command.ts';

/** Runs a command line and resolves to its exit code. */
export const headwater = (argv: readonly string[], terminal?: Output): Promise<number> =>
  runCommandLine(
    'headwater',
    (program, act, output) => {
      program
        .description(
          'Moves the records of Airbyte sources to where you want them, and tests such sources.',
        )
        .version(packageJson.version)
        .showHelpAfterError('(headwater --help says more)');
      addSyncCommand(program, act);
      addSourceCommands(program, act);
      addTestCommand(program, act, output);
      addLintCommand(program, act);
      addNewCommand(program, act);
    },
    argv,
    terminal,
  );
