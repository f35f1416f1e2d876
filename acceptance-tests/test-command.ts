// The command line of `headwater test`. Its implementation is loaded only when it runs.
import {InvalidArgumentError, type Command as Program} from 'commander';
import type {Act, Output} from '../process/command-line.ts';
import {UsageError} from '../process/errors.ts';
import {loadFor} from '../process/optional-package.ts';
import type {Options} from './run/open-context.ts';

/** Tests sources of a repository by name; without names, all of them. */
export type SourceTests = (
  names: readonly string[],
  options: {
    readonly buildImage: boolean;
    /** Switches of the fake API. */
    readonly fake: readonly string[];
    /** Runs the tests of one connector, and resolves to the exit code. */
    readonly run: (
      connector: Pick<Options, 'config' | 'exec' | 'image' | 'docker'>,
    ) => Promise<number>;
    readonly print: (text: string) => void;
  },
) => Promise<number>;

type Flags = {
  readonly exec?: string;
  readonly image?: string;
  readonly dockerFlag?: readonly string[];
  readonly previousSpec?: string;
  readonly previousCatalog?: string;
  readonly only?: readonly string[];
  readonly maxMemory?: number;
  readonly maxStartUp?: number;
  readonly maxOutput?: number;
  readonly json?: string;
  readonly junit?: string;
  readonly all?: boolean;
  readonly buildImage?: boolean;
  readonly fake?: readonly string[];
};

const EXAMPLES = `
Examples:
  headwater test crm
  headwater test crm --build-image --only spec,connection
  headwater test crm --fake=--throttle=50 --fake=--fail=40
  headwater test acceptance-test-config.yml
  headwater test acceptance-test-config.yml --exec ./source-x
  headwater test acceptance-test-config.yml --exec 'python main.py' --only spec,connection
  headwater test acceptance-test-config.yml --image airbyte/source-x:dev --json report.json

A source is the name of a folder in sources/. Its fake API runs during the tests, and its main.ts is tested.
Of another connector give the config; without --exec and --image, the file's connector_image is tested.

Exit codes: 0 no check fails, 1 a check fails, 2 the command line or a file that it names is wrong,
130 stopped by SIGINT, 143 by SIGTERM.`;

const collect = (value: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  value,
];

const names = (value: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  ...value.split(',').map((name) => name.trim()),
];

const positive = (value: string): number => {
  if (Number(value) > 0) return Number(value);
  throw new InvalidArgumentError('It must be a number above 0.');
};

const optionsOf = ({exec, image, only, json, junit, ...more}: Flags) => {
  if (exec !== undefined && image !== undefined) {
    throw new UsageError('--exec and --image cannot be used together: give one of them.');
  }
  const {
    dockerFlag: docker,
    maxMemory,
    maxStartUp,
    maxOutput,
    previousSpec,
    previousCatalog,
  } = more;
  const previous = {spec: previousSpec, catalog: previousCatalog};
  const limits = {
    memory: maxMemory && maxMemory * 1024 * 1024,
    startUp: maxStartUp && maxStartUp * 1000,
    output: maxOutput && maxOutput * 1024 * 1024,
  };
  return {exec, image, docker, previous, only, limits, json, junit};
};

/** The names of options that differ from those in code. */
const OPTION: Readonly<Record<string, string>> = {buildImage: 'build-image'};

/** A path, unlike the name of a source. */
const isPath = (what: string): boolean => /[/.]/.test(what);

/** Fails if an option is given that means nothing to what is tested. */
const assertOptions = (what: readonly string[], flags: Flags): void => {
  const given = (...names: readonly (keyof Flags)[]) =>
    names.filter((name) => flags[name] !== undefined).map((name) => `--${OPTION[name] ?? name}`)[0];
  if (isPath(what[0] ?? '')) {
    if (what.length > 1) {
      throw new UsageError(`Give one config, or names of sources: ${what.join(' ')} are several.`);
    }
    const ofSources = given('all', 'buildImage', 'fake');
    if (ofSources === undefined) return;
    throw new UsageError(`${ofSources} is for sources by name, and ${what[0]} is a config.`);
  }
  if (what.length === 0 && flags.all !== true) {
    throw new UsageError(
      'Name an acceptance-test-config.yml, or sources; --all tests all sources.',
    );
  }
  const ofConfigs = given('exec', 'image');
  if (ofConfigs !== undefined) {
    throw new UsageError(
      `${ofConfigs} is for a connector by its config. Of a source the main.ts is tested, or with --build-image its image.`,
    );
  }
  const report = given('json', 'junit');
  if (report !== undefined && what.length !== 1) {
    throw new UsageError(`${report} takes the report of one source: name one.`);
  }
};

const runCommand = async (
  what: readonly string[],
  flags: Flags,
  {out}: Output,
  testSources: SourceTests,
): Promise<number> => {
  const options = optionsOf(flags);
  assertOptions(what, flags);
  const {runTests} = await loadFor('test', () => import('./run/run-tests.ts'));
  const isColourful = process.stdout.isTTY === true && !process.env['NO_COLOR'];
  const run = (connector: Pick<Options, 'config' | 'exec' | 'image' | 'docker'>) =>
    runTests({...options, ...connector}, out, isColourful);
  const [config = ''] = what;
  if (isPath(config)) return run({...options, config});
  const {buildImage = false, fake = []} = flags;
  return testSources(what, {buildImage, fake, run, print: out});
};

export const addTestCommand = (
  program: Program,
  act: Act,
  output: Output,
  testSources: SourceTests,
): void => {
  program
    .command('test')
    .summary('run the acceptance tests on a connector in any language')
    .description('Runs the acceptance tests on a connector in any language.')
    .argument(
      '[config.yml or source...]',
      "the connector's acceptance-test-config.yml, in Airbyte's format, or folders in sources/",
    )
    .option('--all', 'test all folders in sources/, unless some are named')
    .option('--build-image', 'build the image of a source, and test that')
    .option(
      '--fake <switch>',
      "a switch for the source's fake API, such as --throttle=50; may be repeated",
      collect,
    )
    .option('--exec <command>', 'test the connector that this command starts')
    .option('--image <name:tag>', 'test the connector in this image')
    .option(
      '--docker-flag <flag>',
      'a flag for each `docker run`, such as --network=host; may be repeated',
      collect,
    )
    .option('--previous-spec <file>', 'compare the spec with this output of the previous version')
    .option(
      '--previous-catalog <file>',
      'compare the catalog with this output of the previous version',
    )
    .option('--only <suites>', 'run these suites only, such as spec,discovery', names)
    .option('--max-memory <MiB>', 'the memory limit of a read, in the suite beyond (512)', positive)
    .option('--max-start-up <seconds>', 'the time limit of spec, in the suite beyond (5)', positive)
    .option(
      '--max-output <MiB>',
      'the limit of what a run prints, all of which is kept (128)',
      positive,
    )
    .option('--json <file>', 'write a JSON report for programs')
    .option('--junit <file>', 'write a JUnit XML report for CI servers')
    .showHelpAfterError('(headwater test --help says more)')
    .addHelpText('after', EXAMPLES)
    .action(
      act((what: readonly string[], flags: Flags) => runCommand(what, flags, output, testSources)),
    );
};
