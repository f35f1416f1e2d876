// `headwater bundle` on the command line. The rest is loaded when it runs.
import type {Command as Program} from 'commander';
import type {Act} from '../../process/command-line.ts';
import {loadFor} from '../../process/optional-package.ts';

export const addBundleCommand = (program: Program, act: Act): void => {
  program
    .command('bundle')
    .summary('make one JavaScript file of a source, which needs no node_modules')
    .description(
      'Makes dist/<source>/main.js: a source in one file, which needs no node_modules. Beside it are the licenses and an SBOM of the packages in it.',
    )
    .argument('<source>', 'the name of a folder in sources/')
    .showHelpAfterError('(headwater bundle --help says more)')
    .action(
      act(async (source: string) => {
        const {runBundle} = await loadFor('bundle', () => import('./run-bundle.ts'));
        return runBundle(source);
      }),
    );
};
