// `headwater image` on the command line. The rest is loaded when it runs.
import type {Command as Program} from 'commander';
import type {Act} from '../../process/command-line.ts';
import {loadFor} from '../../process/optional-package.ts';

type Flags = {
  readonly tag: string;
  readonly repository?: string;
  readonly client?: readonly string[];
};

const EXAMPLES = `
Examples:
  headwater image crm
  headwater image crm --repository ghcr.io/acme/source-crm --tag latest

Needs Docker, or Podman with its docker command. The image also gets the tag of dockerImageTag in metadata.yaml.`;

const collect = (value: string, values: readonly string[] = []): readonly string[] => [
  ...values,
  value,
];

export const addImageCommand = (program: Program, act: Act): void => {
  program
    .command('image')
    .summary('build the image of a source, for Airbyte and others')
    .description('Bundles a source and builds its image, for Airbyte and others.')
    .argument('<source>', 'the name of a folder in sources/')
    .option('--tag <tag>', 'a tag of the image, beside its version', 'dev')
    .option('--repository <name>', 'name the image so, not as dockerRepository in metadata.yaml')
    .option(
      '--client <package>',
      "a package beside the bundle, for references to a cloud's secrets; may be repeated",
      collect,
    )
    .showHelpAfterError('(headwater image --help says more)')
    .addHelpText('after', EXAMPLES)
    .action(
      act(async (source: string, {client: clients = [], ...names}: Flags) => {
        const {runImage} = await loadFor('image', () => import('./run-image.ts'));
        return runImage(source, {...names, clients});
      }),
    );
};
