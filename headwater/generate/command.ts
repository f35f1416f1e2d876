// `headwater generate` on the command line. The rest is loaded when it runs.
import type {Command as Program} from 'commander';
import type {Act} from '../../process/command-line.ts';
import {loadFor} from '../../process/optional-package.ts';

export const addGenerateCommand = (program: Program, act: Act): void => {
  program
    .command('generate')
    .summary('write the TypeScript types of spec.json and schemas/*.json')
    .description('Writes the TypeScript types of the spec and the schemas of each source.')
    .option('--check', 'write nothing, and fail if a file is not up to date', false)
    .showHelpAfterError('(headwater generate --help says more)')
    .action(
      act(async ({check}: {readonly check: boolean}) => {
        const {runGenerate} = await loadFor('generate', () => import('./run-generate.ts'));
        return runGenerate(check);
      }),
    );
};
