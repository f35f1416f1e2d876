// `headwater metadata` on the command line. The rest is loaded when it runs.
import type {Command as Program} from 'commander';
import type {Act} from '../../process/command-line.ts';
import {loadFor} from '../../process/optional-package.ts';

export const addMetadataCommand = (program: Program, act: Act): void => {
  program
    .command('metadata')
    .summary('check the metadata.yaml of all sources, or print that of one')
    .description(
      'Checks metadata.yaml merged with that of each source, or prints the merged metadata of one.',
    )
    .argument('[source]', 'the name of a folder in sources/')
    .showHelpAfterError('(headwater metadata --help says more)')
    .action(
      act(async (source: string | undefined) => {
        const {runMetadata} = await loadFor('metadata', () => import('./run-metadata.ts'));
        return runMetadata(source);
      }),
    );
};
