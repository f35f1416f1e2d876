// `headwater new` on the command line. The rest is loaded when it runs.
import type {Command as Program} from 'commander';
import type {Act} from '../../process/command-line.ts';
import {loadFor} from '../../process/optional-package.ts';

export const addNewCommand = (program: Program, act: Act): void => {
  program
    .command('new')
    .summary('make a working source with tests, for you to change')
    .description('Makes a working source with tests and a fake API, for you to change.')
    .argument('<name>', 'lower-case letters, digits and hyphens, such as my-crm')
    .showHelpAfterError('(headwater new --help says more)')
    .action(
      act(async (name: string) => {
        const {createSource} = await loadFor('new', () => import('./create-source.ts'));
        await createSource(name);
        return 0;
      }),
    );
};
