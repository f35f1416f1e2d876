// The `headwater` command: hands the command line to what it names, which is loaded only then.
import packageJson from '../package.json' with {type: 'json'};

const EXIT_USAGE = 2;

type Command = {
  readonly usage: string;
  readonly about: string;
  /** Runs it with the whole of argv, and sets the exit code. */
  readonly run: () => Promise<void>;
};

const COMMANDS: Readonly<Record<string, Command>> = {
  sync: {
    usage: 'sync [options] <source...>',
    about: 'read sources and write each stream to a file of its own',
    run: async () => (await import('../sync/cli.ts')).main(),
  },
  test: {
    usage: 'test [options] <config.yml>',
    about: 'put a connector, in any language, through the acceptance tests',
    run: async () => (await import('../acceptance-tests/cli.ts')).main(process.argv),
  },
  lint: {
    usage: 'lint [options] < output',
    about: 'say what is wrong with what a connector prints, as a filter',
    run: async () =>
      (await import('../acceptance-tests/lint-command.ts')).runLint(process.argv.slice(3)),
  },
  new: {
    usage: 'new <name>',
    about: 'make a source that works, with its tests, to be made into your own',
    run: async () => (await import('./new/cli.ts')).main(process.argv),
  },
};

const help = (): string => {
  const width = Math.max(...Object.values(COMMANDS).map(({usage}) => usage.length));
  const lines = Object.values(COMMANDS).map(
    ({usage, about}) => `  ${usage.padEnd(width)}  ${about}`,
  );
  return [
    'Usage: headwater <command>',
    '',
    'Moves the records of Airbyte sources to where you want them, and tests such sources.',
    '',
    'Commands:',
    ...lines,
    '',
    '`headwater <command> --help` says more; `headwater --version` prints the version.',
    '',
  ].join('\n');
};

/** The whole of main.ts: reads the command line, runs it, sets the exit code. */
export const main = async (): Promise<void> => {
  const [, , name] = process.argv;
  const command = name !== undefined && Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command !== undefined) return command.run();
  if (name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(help());
  } else if (name === '--version' || name === '-V') {
    process.stdout.write(`${packageJson.version}\n`);
  } else {
    const problem = name === undefined ? '' : `error: there is no command ${name}.\n\n`;
    process.stderr.write(`${problem}${help()}`);
    process.exitCode = EXIT_USAGE;
  }
};
