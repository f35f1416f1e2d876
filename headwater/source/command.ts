// The commands for one source: the one of the folder in which they are run, or one that is named. The rest is loaded when
// they run.
import {type Command, InvalidArgumentError, type Command as Program} from 'commander';
import type {Act} from '../../process/command-line.ts';
import type {CatalogFlags} from './discover.ts';
import type {PreviewFlags} from './preview.ts';
import type {ReadFlags} from './read.ts';
import type {SchemaFlags} from './schema.ts';
import type {SourceFlags} from './session.ts';

const SOURCE =
  'the name of a source, or the path of its program; not needed in the folder of a source';

const names = (value: string): readonly string[] =>
  value
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');

const wholeNumber = (value: string): number => {
  if (/^[1-9]\d{0,8}$/.test(value)) return Number(value);
  throw new InvalidArgumentError('It must be a whole number, 1 or more.');
};

const withSource = (program: Program, name: string, summary: string): Command =>
  program
    .command(name)
    .summary(summary)
    .argument('[source]', SOURCE)
    .option('--config <file>', 'the config of the source, as JSON')
    .option('--debug', 'show everything that the source logs')
    .showHelpAfterError(`(headwater ${name} --help says more)`);

const STREAMS = ['--streams <names>', 'these streams only: issues,commits'] as const;

const addSampleCommands = (program: Program, act: Act): void => {
  withSource(
    program,
    'preview',
    'show the first records of a stream, their types, and the requests',
  )
    .description(
      'Shows the first records of a stream, the types of their fields beside those of the schema, the requests, and what was decided about the next page.',
    )
    .argument('[stream]', 'the stream')
    .option('--limit <records>', 'show so many records', wholeNumber, 5)
    .action(
      act(async (first: string | undefined, second: string | undefined, flags: PreviewFlags) =>
        (await import('./preview.ts')).preview(first, second, flags),
      ),
    );
  withSource(program, 'schema', 'compare the schema of a stream with its records, or write it')
    .description(
      'Compares the schema of a stream with its records. Exit codes: 0 it fits, 1 records contradict it. With --write missing fields are added and types widened in its file; nothing is removed or narrowed.',
    )
    .argument('[stream]', 'the stream')
    .option('--limit <records>', 'look at so many records at most', wholeNumber, 1_000)
    .option('--write', 'complete schemas/<stream>.json of the source')
    .option('--json', 'print the completed schema')
    .action(
      act(async (first: string | undefined, second: string | undefined, flags: SchemaFlags) =>
        (await import('./schema.ts')).schema(first, second, flags),
      ),
    );
};

export const addSourceCommands = (program: Program, act: Act): void => {
  withSource(program, 'check', 'say whether a config works')
    .description(
      'Says whether the config of a source works. Exit codes: 0 it works, 1 it does not.',
    )
    .action(
      act(async (source: string | undefined, flags: SourceFlags) =>
        (await import('./check.ts')).check(source, flags),
      ),
    );
  withSource(program, 'discover', 'show the streams of a source')
    .description('Shows the streams of a source: how each is read, its key, and its fields.')
    .action(
      act(async (source: string | undefined, flags: SourceFlags) =>
        (await import('./discover.ts')).discover(source, flags),
      ),
    );
  withSource(program, 'catalog', 'print a configured catalog, which `read` of a source takes')
    .description(
      'Prints a configured catalog of the streams that a source has, to change and to pass to its `read`. Streams are incremental if they can be.',
    )
    .option(...STREAMS, names)
    .action(
      act(async (source: string | undefined, flags: CatalogFlags) =>
        (await import('./discover.ts')).catalog(source, flags),
      ),
    );
  withSource(program, 'read', 'print the messages of a read, without a catalog')
    .description(
      'Prints the messages of a read to stdout, and warnings to stderr. With --limit the streams are read one after another, and no state comes after the last record.',
    )
    .option(...STREAMS, names)
    .option('--limit <records>', 'end each stream after so many records', wholeNumber)
    .option('--state <file>', 'the state to continue from')
    .action(
      act(async (source: string | undefined, flags: ReadFlags) =>
        (await import('./read.ts')).read(source, flags),
      ),
    );
  addSampleCommands(program, act);
};
