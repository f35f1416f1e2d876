// The `headwater` command. Each of its commands loads its folder when it runs.
import {addLintCommand} from '../acceptance-tests/lint-command.ts';
import {addTestCommand, type SourceTests} from '../acceptance-tests/test-command.ts';
import packageJson from '../package.json' with {type: 'json'};
import {type Output, runCommandLine} from '../process/command-line.ts';
import {loadFor} from '../process/optional-package.ts';
import {addSyncCommand} from '../sync/command.ts';
import {addBundleCommand} from './bundle/command.ts';
import {addGenerateCommand} from './generate/command.ts';
import {addImageCommand} from './image/command.ts';
import {addMetadataCommand} from './metadata/command.ts';
import {addNewCommand} from './new/command.ts';
import {addSourceCommands} from './source/command.ts';

/** Loaded when it runs. */
const testSources: SourceTests = async (...args) =>
  (await loadFor('test', () => import('./test/test-sources.ts'))).testSources(...args);

/** Runs a command line and resolves to its exit code. */
export const headwater = (argv: readonly string[], terminal?: Output): Promise<number> =>
  runCommandLine(
    'headwater',
    (program, act, output) => {
      program
        .description(
          'Makes, runs and tests Airbyte sources, and moves their records to where you want them.',
        )
        .version(packageJson.version)
        .showHelpAfterError('(headwater --help says more)');
      addSyncCommand(program, act);
      addSourceCommands(program, act);
      addNewCommand(program, act);
      addGenerateCommand(program, act);
      addTestCommand(program, act, output, testSources);
      addLintCommand(program, act);
      addMetadataCommand(program, act);
      addBundleCommand(program, act);
      addImageCommand(program, act);
    },
    argv,
    terminal,
  );
