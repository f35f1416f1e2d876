// The `headwater lint` command line: a filter that holds what a connector prints against the invariants.
import {once} from 'node:events';
import {readFile, writeFile} from 'node:fs/promises';
import type {Readable, Writable} from 'node:stream';
import {CommanderError, InvalidArgumentError, Option, Command as Program} from 'commander';
import type {Command} from './connectors/connector.ts';
import {codeOf, messageOf, UsageError} from './errors.ts';
import {type Finding, type Lint, openLint} from './invariants/lint.ts';

const EXIT_FOUND = 1;
const EXIT_USAGE = 2;

/** What is longer is no message, and more than one string can be made of. */
const MAX_LINE = 256 * 1024 * 1024;

const EXAMPLES = `
Examples:
  source read --config c.json --catalog k.json | headwater lint --catalog k.json --config c.json
  source read … | headwater lint --pass --catalog k.json | destination write …
  headwater lint --catalog k.json --exit-code 1 < output.jsonl

Exit codes: 0 nothing is wrong (there may be warnings), 1 something is, 2 the command line is wrong.`;

interface Asked {
  readonly command: Command | undefined;
  readonly config: string | undefined;
  readonly catalog: string | undefined;
  readonly spec: string | undefined;
  readonly state: string | undefined;
  readonly exitCode: number | undefined;
  readonly json: string | undefined;
  readonly pass: boolean;
}

const wholeNumber = (value: string): number => {
  if (/^\d{1,3}$/.test(value)) return Number(value);
  throw new InvalidArgumentError('It is a whole number, such as 0 or 1.');
};

const COMMANDS: readonly Command[] = ['spec', 'check', 'discover', 'read'];

/** What argv asks for, or the exit code of a call that ended with help or a usage error, which is printed. */
const parse = (argv: readonly string[]): Asked | number => {
  let asked: Asked | undefined;
  const program = new Program('headwater lint')
    .description('Reads what a connector prints, and says what no connector may do.')
    .option('--catalog <file>', 'the configured catalog of the read')
    .option('--config <file>', 'the config: none of its secrets may show')
    .option('--spec <file>', 'what `spec` printed: it says which values of the config are secrets')
    .option('--state <file>', 'the state that the read was given')
    .addOption(
      new Option('--command <command>', 'what was run; `read`, where there is a catalog').choices(
        COMMANDS,
      ),
    )
    .option('--exit-code <n>', 'how the connector ended; a filter cannot see it', wholeNumber)
    .option('--json <file>', 'write the findings for programs')
    .option('--pass', 'hand every byte on to stdout; findings go to stderr', false)
    .showHelpAfterError('(headwater lint --help says more)')
    .addHelpText('after', EXAMPLES)
    .allowExcessArguments(false)
    .exitOverride()
    .action(({command, config, catalog, spec, state, exitCode, json, pass}) => {
      asked = {command, config, catalog, spec, state, exitCode, json, pass};
    });
  try {
    program.parse(argv, {from: 'user'});
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
    throw error;
  }
  return asked ?? EXIT_USAGE;
};

/** The JSON of a file; of several lines, as `spec` may print LOG beside its SPEC, the first that has the key. */
const readInput = async (option: string, path: string | undefined, key?: string) => {
  if (path === undefined) return undefined;
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new UsageError(
      `--${option} ${path} can't be read: ${codeOf(error) ?? messageOf(error)}.`,
    );
  }
  // A state file may be empty.
  if (text.trim() === '') return undefined;
  const lines = text.split('\n').filter((line) => key !== undefined && line.includes(`"${key}"`));
  try {
    return JSON.parse(lines.length === 1 ? (lines[0] ?? text) : text);
  } catch {
    // The parser's own words would quote the file, which may hold secrets.
    throw new UsageError(`--${option} ${path} is not JSON.`);
  }
};

const open = async ({command, config, catalog, spec, state}: Asked): Promise<Lint> =>
  openLint({
    command: command ?? (catalog === undefined ? undefined : 'read'),
    config: await readInput('config', config),
    catalog: await readInput('catalog', catalog),
    spec: await readInput('spec', spec, 'SPEC'),
    state: await readInput('state', state),
  });

/** Lines out of chunks of text. A last line without an end is told by `rest`. */
const openLines = () => {
  let beginning: string[] = [];
  let length = 0;
  const take = (chunk: string): readonly string[] => {
    const [first = '', ...others] = chunk.split('\n');
    if (length < MAX_LINE) beginning.push(first);
    length += first.length;
    const last = others.pop();
    if (last === undefined) return [];
    const lines = [beginning.join(''), ...others];
    beginning = [last];
    length = last.length;
    return lines;
  };
  return {take, rest: () => beginning.join('')};
};

const UNENDED: Finding = {
  invariant: 'one-message-a-line',
  severity: 'error',
  reason: 'The last line does not end with a newline.',
  advice: 'End every line with \\n, and wait until all is written before the process ends.',
};

const inWords = ({severity, line, invariant, reason, offending, advice}: Finding): string => {
  const place = line === undefined ? '' : `line ${line.toLocaleString('en')}, `;
  const shown = offending === undefined ? '' : `\n    ${offending}`;
  return `${severity === 'error' ? 'Error' : 'Warning'}, ${place}${invariant}: ${reason}${shown}\n    → ${advice}\n`;
};

const amount = (number: number, noun: string): string =>
  `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;

interface Tally {
  readonly findings: readonly Finding[];
  readonly counts: Readonly<Record<string, number>>;
}

const countOf = ({findings}: Tally, severity: Finding['severity']): number =>
  findings.filter((finding) => finding.severity === severity).length;

const summary = (tally: Tally): string => {
  const types = Object.entries(tally.counts).map(
    ([type, count]) => `${count.toLocaleString('en')} ${type || 'no message'}`,
  );
  const lines = Object.values(tally.counts).reduce((sum, count) => sum + count, 0);
  const found =
    tally.findings.length === 0
      ? 'Nothing is wrong'
      : `${amount(countOf(tally, 'error'), 'error')}, ${amount(countOf(tally, 'warning'), 'warning')}`;
  return `${found} in ${amount(lines, 'line')}${types.length > 0 ? `: ${types.join(', ')}` : ''}.\n`;
};

/** Resolves when the text may be followed by more. */
const write = async (stream: Writable, data: string | Uint8Array): Promise<void> => {
  if (!stream.write(data)) await once(stream, 'drain');
};

const watch = async (asked: Asked, input: Readable): Promise<Tally> => {
  const lint = await open(asked);
  const findings: Finding[] = [];
  const report = asked.pass ? process.stderr : process.stdout;
  const tell = async (found: readonly Finding[]): Promise<void> => {
    for (const finding of found) {
      findings.push(finding);
      await write(report, inWords(finding));
    }
  };
  const decoder = new TextDecoder('utf-8', {ignoreBOM: true});
  const {take, rest} = openLines();
  const lintText = async (text: string): Promise<void> => {
    for (const line of take(text)) {
      const found = lint.line(line);
      if (found.length > 0) await tell(found);
    }
  };
  for await (const chunk of input) {
    const bytes: Uint8Array = chunk;
    if (asked.pass) await write(process.stdout, bytes);
    await lintText(decoder.decode(bytes, {stream: true}));
  }
  await lintText(decoder.decode());
  if (rest() !== '') await tell([...lint.line(rest()), UNENDED]);
  const exit = asked.exitCode === undefined ? undefined : {code: asked.exitCode, signal: null};
  await tell(lint.end(exit));
  const tally = {findings, counts: lint.counts()};
  await write(report, summary(tally));
  return tally;
};

/** The whole of `headwater lint`: `argv` holds its options. Reads stdin to its end, and sets the exit code. */
export const runLint = async (argv: readonly string[]): Promise<void> => {
  const asked = parse(argv);
  if (typeof asked === 'number') {
    process.exitCode = asked;
    return;
  }
  // Who reads stdout has gone: nothing is left to do, and the source learns it as it would without this filter.
  process.stdout.on('error', (error) => process.exit(codeOf(error) === 'EPIPE' ? 0 : EXIT_FOUND));
  try {
    const tally = await watch(asked, process.stdin);
    const errors = countOf(tally, 'error');
    if (asked.json !== undefined) {
      const report = {errors, warnings: countOf(tally, 'warning'), ...tally};
      await writeFile(asked.json, `${JSON.stringify(report, null, 2)}\n`);
    }
    process.exitCode = errors > 0 ? EXIT_FOUND : 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`error: ${error.message}\n`);
    process.exitCode = EXIT_USAGE;
  }
};
