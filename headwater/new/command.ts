// `headwater new` on the command line. What it does is loaded when it runs.
import type {Command as Program} from 'commander';
import type {Act} from '../../process/command-line.ts';

export const addNewCommand = (program: Program, act: Act): void => {
  program
    .command('new')
    .summary('make a source that works, with its tests, to be made into your own')
    .description(
      'Makes a source that works, with its tests and a fake API, to be made into your own.',
    )
    .argument('<name>', 'small letters, digits and hyphens, such as my-crm')
    .showHelpAfterError('(headwater new --help says more)')
    .action(
      act(async (name: string) => {
        const {createSource} = await import('./create-source.ts');
        await createSource(name);
        return 0;
      }),
    );
};
