// The command line of `headwater test`. Its implementation is loaded only when it runs.
import {InvalidArgumentError, type Command as Program} from 'commander';
import type {Act, Output} from '../process/command-line.ts';
import {UsageError} from '../process/errors.ts';

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
};

const EXAMPLES = `
Examples:
  headwater test acceptance-test-config.yml
  headwater test acceptance-test-config.yml --exec ./source-x
  headwater test acceptance-test-config.yml --exec 'python main.py' --only spec,connection
  headwater test acceptance-test-config.yml --image airbyte/source-x:dev --json report.json

Without --exec and --image, the file's connector_image is tested.

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

const optionsOf = (config: string, {exec, image, only, json, junit, ...more}: Flags) => {
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
  return {config, exec, image, docker, previous, only, limits, json, junit};
};

export const addTestCommand = (program: Program, act: Act, {out}: Output): void => {
  program
    .command('test')
    .summary('run the acceptance tests on a connector in any language')
    .description('Runs the acceptance tests on a connector in any language.')
    .argument('<config.yml>', "the connector's acceptance-test-config.yml, in Airbyte's format")
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
      act(async (config: string, flags: Flags) => {
        const options = optionsOf(config, flags);
        const {runTests} = await import('./run/run-tests.ts');
        return runTests(options, out, process.stdout.isTTY === true && !process.env['NO_COLOR']);
      }),
    );
};
