// `headwater lint`: a filter that checks what a connector prints against the invariants.
import {once} from 'node:events';
import {readFile, writeFile} from 'node:fs/promises';
import type {Readable, Writable} from 'node:stream';
import {EXIT_FAILURE} from '../../process/command-line.ts';
import {codeOf, messageOf, UsageError} from '../../process/errors.ts';
import {headOf, openLines} from '../../process/lines.ts';
import {harmlessText} from '../../process/terminal.ts';
import type {Command} from '../connectors/connector.ts';
import type {Finding} from './invariant.ts';
import {type Lint, openLint} from './lint.ts';

/** No message is longer: `headwater sync` accepts no longer line either. Only the start of one is kept. */
const MAX_LINE = 64 * 1024 * 1024;
/** The characters of a line that is too long which are checked. */
const OF_TOO_LONG = 10_000;

export interface LintOptions {
  /** The command that was run; by default `read` if there is a catalog. */
  readonly command?: Command;
  readonly config?: string;
  readonly catalog?: string;
  readonly spec?: string;
  readonly state?: string;
  readonly exitCode?: number;
  /** The file for the findings, as JSON. */
  readonly json?: string;
  /** Passes every byte through to stdout, and reports findings on stderr. */
  readonly pass: boolean;
}

/** The JSON of a file. If exactly one of its lines has the key, only of that line: `spec` may print LOGs beside its SPEC. */
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
  if (text.trim() === '') {
    // Airbyte's first sync has an empty state file.
    if (option === 'state') return undefined;
    throw new UsageError(`--${option} ${path} is empty: give the JSON that the connector got.`);
  }
  const lines = text.split('\n').filter((line) => key !== undefined && line.includes(`"${key}"`));
  try {
    return JSON.parse(lines.length === 1 ? (lines[0] ?? text) : text);
  } catch {
    // The parser's own message would quote the file, which may hold secrets.
    throw new UsageError(`--${option} ${path} is not JSON.`);
  }
};

const open = async ({command, config, catalog, spec, state}: LintOptions): Promise<Lint> =>
  openLint({
    command: command ?? (catalog === undefined ? undefined : 'read'),
    config: await readInput('config', config),
    catalog: await readInput('catalog', catalog),
    spec: await readInput('spec', spec, 'SPEC'),
    state: await readInput('state', state),
  });

const UNENDED: Finding = {
  invariant: 'one-message-a-line',
  severity: 'error',
  reason: 'The last line does not end with a newline.',
  advice: 'End every line with \\n, and wait until all output is written before the process ends.',
};

const TOO_LONG: Finding = {
  invariant: 'line-size',
  severity: 'error',
  reason: `A line has more than ${MAX_LINE / 1024 / 1024} MiB. No message is that long; the rest of the line is not checked.`,
  advice: 'End every message with \\n, and print nothing but messages on stdout.',
};

const inWords = ({severity, line, invariant, reason, offending, advice}: Finding): string => {
  const location = line === undefined ? '' : `line ${line.toLocaleString('en')}, `;
  const shown = offending === undefined ? '' : `\n    ${offending}`;
  return `${severity === 'error' ? 'Error' : 'Warning'}, ${location}${invariant}: ${reason}${shown}\n    → ${advice}\n`;
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

/** Resolves when the stream accepts more data. */
const write = async (stream: Writable, data: string | Uint8Array): Promise<void> => {
  if (!stream.write(data)) await once(stream, 'drain');
};

const watch = async (options: LintOptions, input: Readable): Promise<Tally> => {
  const lint = await open(options);
  const findings: Finding[] = [];
  const output = options.pass ? process.stderr : process.stdout;
  const print = async (found: readonly Finding[]): Promise<void> => {
    for (const finding of found) {
      findings.push(finding);
      await write(output, harmlessText(inWords(finding)));
    }
  };
  const decoder = new TextDecoder('utf-8', {ignoreBOM: true});
  const {take, rest, length} = openLines(MAX_LINE);
  // Reported at once, because the line may never end.
  let tooLong = false;
  const cut = (line: string): string =>
    line.length >= MAX_LINE ? headOf(line, OF_TOO_LONG) : line;
  const lintText = async (text: string): Promise<void> => {
    for (const line of take(text)) {
      const found = lint.line(cut(line));
      if (found.length > 0) await print(found);
      tooLong = false;
    }
    if (length() > MAX_LINE && !tooLong) {
      tooLong = true;
      await print([TOO_LONG]);
    }
  };
  for await (const chunk of input) {
    const bytes: Uint8Array = chunk;
    if (options.pass) await write(process.stdout, bytes);
    await lintText(decoder.decode(bytes, {stream: true}));
  }
  await lintText(decoder.decode());
  if (rest() !== '') await print([...lint.line(cut(rest())), UNENDED]);
  const exit = options.exitCode === undefined ? undefined : {code: options.exitCode, signal: null};
  await print(lint.end(exit));
  const tally = {findings, counts: lint.counts()};
  await write(output, harmlessText(summary(tally)));
  return tally;
};

/** @throws a UsageError if it can't be written */
const writeReport = async (path: string, text: string, flag: 'a' | 'w'): Promise<void> => {
  await writeFile(path, text, {flag}).catch((error: unknown) => {
    throw new UsageError(`--json ${path} can't be written: ${codeOf(error) ?? messageOf(error)}.`);
  });
};

/** Runs `headwater lint`: reads stdin to its end, and resolves to the exit code. */
export const runLint = async (options: LintOptions): Promise<number> => {
  // Tried before the first line, because the input may take hours.
  if (options.json !== undefined) await writeReport(options.json, '', 'a');
  // The reader of stdout is gone: nothing is left to do, and the source notices as it would without this filter.
  process.stdout.on('error', (error) => process.exit(codeOf(error) === 'EPIPE' ? 0 : EXIT_FAILURE));
  const tally = await watch(options, process.stdin);
  const errors = countOf(tally, 'error');
  if (options.json !== undefined) {
    const report = {errors, warnings: countOf(tally, 'warning'), ...tally};
    await writeReport(options.json, `${JSON.stringify(report, null, 2)}\n`, 'w');
  }
  return errors > 0 ? EXIT_FAILURE : 0;
};
