// The `headwater test` command line.
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {createRequire} from 'node:module';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {CommanderError, InvalidArgumentError, Command as Program} from 'commander';
import {SUITES, type SuiteName} from './checks/check.ts';
import {UsageError} from './errors.ts';
import {type Handed, VARIABLE} from './run/jest/handed.ts';
import {type Order, openOrder} from './run/options.ts';

const EXIT_USAGE = 2;
const EXIT_FAILURE = 1;

const EXAMPLES = `
Examples:
  headwater test acceptance-test-config.yml
  headwater test acceptance-test-config.yml --exec ./source-x
  headwater test acceptance-test-config.yml --exec 'python main.py' --only spec,connection
  headwater test acceptance-test-config.yml --image airbyte/source-x:dev --json report.json

Without --exec and --image, the file's connector_image is tested.

Exit codes: 0 all checks pass, 1 one fails, 2 the command line or a file it names is wrong.`;

const suiteNames = (value: string, before: readonly SuiteName[] = []): readonly SuiteName[] => {
  const names = value.split(',').map((name) => name.trim());
  const known = names.flatMap((name) => SUITES.filter((suite) => suite === name));
  if (known.length === names.length) return [...before, ...known];
  throw new InvalidArgumentError(`The suites are ${SUITES.join(', ')}.`);
};

const positive = (value: string): number => {
  if (Number(value) > 0) return Number(value);
  throw new InvalidArgumentError('It is a number above 0.');
};

/** What argv asks for, or the exit code of a call that ended with help or a usage error, which is printed. */
const parse = (argv: readonly string[]): Order | number => {
  let order: Order | undefined;
  const program = new Program('headwater test')
    .description('Puts a connector, in any language, through the acceptance tests.')
    .argument('<config.yml>', "the connector's acceptance-test-config.yml, as Airbyte has it")
    .option('--exec <command>', 'test the connector that this command starts')
    .option('--image <name:tag>', 'test the connector in this image')
    .option(
      '--docker-flag <flag>',
      'a flag for each `docker run`, such as --network=host; may be given again',
      (flag: string, before: readonly string[] = []) => [...before, flag],
    )
    .option('--previous-spec <file>', 'compare the spec with this one, of the version before')
    .option('--previous-catalog <file>', 'compare the catalog with this one, of the version before')
    .option('--only <suites>', 'run these suites only, such as spec,discovery', suiteNames)
    .option('--max-memory <MiB>', 'what a read may take, in the suite beyond (512)', positive)
    .option('--max-start-up <seconds>', 'how long spec may take, in the suite beyond (5)', positive)
    .option('--json <file>', 'write a report for programs')
    .option('--junit <file>', 'write a report for CI servers')
    .showHelpAfterError('(headwater test --help says more)')
    .addHelpText('after', EXAMPLES)
    .exitOverride()
    .action((config, {exec, image, dockerFlag: docker, only, json, junit, ...more}) => {
      if (exec !== undefined && image !== undefined) {
        program.error('error: --exec and --image exclude each other');
      }
      const {maxMemory, maxStartUp, previousSpec, previousCatalog} = more;
      const previous = {spec: previousSpec, catalog: previousCatalog};
      const limits = {
        memory: maxMemory && maxMemory * 1024 * 1024,
        startUp: maxStartUp && maxStartUp * 1000,
      };
      order = {config, exec, image, docker, previous, only, limits, json, junit};
    });
  try {
    program.parse([...argv.slice(0, 2), ...argv.slice(3)]);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : EXIT_USAGE;
  }
  return order ?? EXIT_USAGE;
};

const ROOT = join(import.meta.dirname, '..');

/** jest, and its transformer, of this checkout: no config of the project or of the user's folder has a say. */
const JEST_CONFIG = {
  rootDir: ROOT,
  roots: [import.meta.dirname],
  testMatch: [join(import.meta.dirname, 'run/jest/entry.ts')],
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {'\\.ts$': join(ROOT, 'scripts/strip-types.js')},
  reporters: [join(import.meta.dirname, 'run/jest/reporter.ts')],
};

const runJest = async (order: Order): Promise<number> => {
  const folder = await mkdtemp(join(tmpdir(), 'headwater-test-'));
  const outcomes = join(folder, 'outcomes.jsonl');
  const config = join(folder, 'jest.config.json');
  const handed: Handed = {order, cwd: process.cwd(), outcomes};
  try {
    await writeFile(outcomes, '');
    await writeFile(config, JSON.stringify(JEST_CONFIG));
    const jest = join(
      dirname(createRequire(import.meta.url).resolve('jest/package.json')),
      'bin/jest.js',
    );
    const child = spawn(
      process.execPath,
      [
        ...['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', jest],
        ...['--config', config, '--runInBand', '--watchman=false'],
      ],
      {
        stdio: 'inherit',
        // jest asks for a config in the folder it runs in, even where --config names one.
        cwd: folder,
        env: {...process.env, [VARIABLE]: JSON.stringify(handed)},
      },
    );
    const [code] = await once(child, 'close');
    return code === 0 ? 0 : EXIT_FAILURE;
  } finally {
    await rm(folder, {recursive: true, force: true});
  }
};

/** The whole of `headwater test`: reads the command line, runs it, sets the exit code. */
export const main = async (argv: readonly string[]): Promise<void> => {
  const order = parse(argv);
  if (typeof order === 'number') {
    process.exitCode = order;
    return;
  }
  try {
    // What is wrong with the files is told before anything runs.
    await openOrder(order);
    process.exitCode = await runJest(order);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const lines = error.message.split('\n').map((line) => `error: ${line}\n`);
    process.stderr.write(lines.join(''));
    process.exitCode = EXIT_USAGE;
  }
};
