// The parts that all commands for one source share: its program, its config, its output and the signals.
import {isObject, type JsonObject} from '../../cdk/json/values.ts';
import type {CheckedLine} from '../../process/checked-lines.ts';
import {EXIT_FAILURE} from '../../process/command-line.ts';
import {UsageError} from '../../process/errors.ts';
import {listenForSignals, type Signals} from '../../process/signals.ts';
import {harmless, harmlessText} from '../../process/terminal.ts';
import {findOnlySource, findSource, type SourceProgram} from '../../sync/config/sources.ts';
import {readJsonFile, replaceFile} from '../../sync/landing/files.ts';
import {type Message, readMessage} from '../../sync/protocol/messages.ts';
import {SyncError, userMessage} from '../../sync/report/errors.ts';
import {type Inputs, openInputs} from '../../sync/run/context.ts';
import {startSource} from '../../sync/run/source-process.ts';

/** The options of every command for one source. */
export type SourceFlags = {readonly config?: string; readonly debug?: boolean};

type Line = {
  readonly text: string;
  /** Undefined if the line is not a message. */
  readonly message: Message | undefined;
};

/**
 * Returns what to print for a line, if anything.
 * @param end ends the source in order, which is then no failure
 */
export type Take = (line: Line, end: () => void) => string | undefined;

export type Session = {
  readonly source: SourceProgram;
  /** The path of the present config. */
  readonly config: () => string;
  /** Writes a file that the source reads; returns its path. */
  readonly write: Inputs['write'];
  /** Runs a command of the source to its end. Rejects with a SyncError if it fails. */
  readonly run: (args: readonly string[], take: Take, env?: NodeJS.ProcessEnv) => Promise<void>;
  readonly log: (text: string) => void;
};

const log = (text: string): void => {
  process.stderr.write(`${harmlessText(text)}\n`);
};

/** Resolves to false if the reader of stdout has gone away. */
const print = (text: string): Promise<boolean> =>
  text === ''
    ? Promise.resolve(true)
    : new Promise((resolve) => {
        process.stdout.write(text, (error) => resolve(!error));
      });

/** True for the levels that are always shown. */
export const isShown = (level: string): boolean => ['FATAL', 'ERROR', 'WARN'].includes(level);

type Settings = {
  readonly source: SourceProgram;
  readonly signals: Signals;
  readonly debug: boolean;
  /** Stores a config that the source changed. */
  readonly keepConfig: (config: JsonObject) => Promise<void>;
};

const failure = (
  {name}: SourceProgram,
  [command]: readonly string[],
  problems: readonly string[],
  words: string,
  stderr: readonly string[],
): SyncError =>
  new SyncError(
    problems.length > 0
      ? problems.join('\n')
      : [`${command} of ${name} ${words}.`, ...stderr].join('\n'),
  );

/** Handles what concerns every command: errors, logs, and a config that the source changed. */
const listener = ({debug, keepConfig}: Settings) => {
  const problems: string[] = [];
  const hear = async (message: Message | undefined): Promise<void> => {
    switch (message?.type) {
      case 'ERROR':
        problems.push(harmless(message.text));
        return;
      case 'CONFIG':
        await keepConfig(message.config);
        return;
      case 'LOG':
        if (!debug && !isShown(message.level)) return;
        log(`${message.level.toLowerCase()}: ${harmless(message.text)}`);
    }
  };
  return {problems, hear};
};

const runnerOf =
  (settings: Settings): Session['run'] =>
  async (args, take, env = process.env) => {
    const {source, signals, debug} = settings;
    const {problems, hear} = listener(settings);
    let stopped = false;
    const child = await startSource(source.path, args, {
      stop: signals,
      env,
      onStderr: (line) => {
        if (debug) log(harmless(line));
      },
    });
    const end = (): void => {
      stopped = true;
      child.end();
    };
    const handle = async (text: string): Promise<string> => {
      if (text.trim() === '') return '';
      const message = readMessage(text);
      await hear(message);
      const printed = take({text, message}, end);
      return printed === undefined ? '' : `${printed}\n`;
    };
    const handleLines = async (lines: Iterable<CheckedLine>): Promise<void> => {
      const printed: string[] = [];
      for (const {bytes, isText} of lines) {
        if (!isText) throw new SyncError(`${source.name} printed a line that is not UTF-8.`);
        printed.push(await handle(bytes.toString()));
      }
      if (!(await print(printed.join('')))) end();
    };
    try {
      for await (const lines of child.lines) await handleLines(lines);
    } catch (error) {
      child.end();
      await child.ended;
      throw error;
    }
    const {ok, words, stderr} = await child.ended;
    if (!ok && !stopped) throw failure(source, args, problems, words, stderr);
  };

/** `token (string, secret)` */
const describeField = (name: string, schema: unknown): string => {
  const {type, airbyte_secret: secret} = isObject(schema) ? schema : {};
  const words = [...[type ?? []].flat().map(String), ...(secret === true ? ['secret'] : [])];
  return words.length === 0 ? name : `${name} (${words.join(', ')})`;
};

const needsConfig = (
  {name, path}: SourceProgram,
  required: readonly string[],
  properties: unknown,
): UsageError => {
  const fields = isObject(properties) ? properties : {};
  const described = required.map((field) => describeField(field, fields[field])).join(', ');
  return new UsageError(
    `${name} needs a config with ${described}. Write these into a JSON file, and pass it with --config ${name}.json; \`${path} spec\` describes all of it.`,
  );
};

/** An empty config will do if the spec requires no field. */
const assertNoConfigNeeded = async (source: SourceProgram, run: Session['run']): Promise<void> => {
  let spec: JsonObject | undefined;
  await run(['spec'], ({message}) => {
    if (message?.type === 'SPEC') spec = message.spec;
    return undefined;
  });
  if (spec === undefined) {
    throw new SyncError(`${source.path} printed no spec. Is it an Airbyte source?`);
  }
  const schema = spec['connectionSpecification'];
  const {required, properties} = isObject(schema) ? schema : {};
  const names = Array.isArray(required) ? required.map(String) : [];
  if (names.length > 0) throw needsConfig(source, names, properties);
};

const changedPath = (path: string): string => `${path.replace(/\.json$/, '')}.changed.json`;

const open = async (
  given: string | undefined,
  {config: path, debug = false}: SourceFlags,
  signals: Signals,
  inputs: Inputs,
): Promise<Session> => {
  const source = await (given === undefined ? findOnlySource() : findSource(given));
  let config = path ?? '';
  const run = runnerOf({
    source,
    signals,
    debug,
    keepConfig: async (changed) => {
      config = changedPath(path ?? `${source.name}.json`);
      // It contains secrets.
      await replaceFile('config', config, `${JSON.stringify(changed, null, 2)}\n`, 0o600);
      log(
        `warn: ${source.name} changed its config. The new one is in ${config}: use it from now on, the old one may no longer work.`,
      );
    },
  });
  if (path === undefined) {
    await assertNoConfigNeeded(source, run);
    config = await inputs.write('config.json', {});
  } else {
    await readJsonFile('config', path);
  }
  return {source, config: () => config, write: inputs.write, run, log};
};

/**
 * Runs a command for one source, and resolves to its exit code.
 * @param given the name of a source, the path of its program, or undefined in the folder of one
 * @throws UsageError if there is no such source, or it needs a config and has none
 */
export const withSource = async (
  given: string | undefined,
  flags: SourceFlags,
  work: (session: Session) => Promise<number>,
): Promise<number> => {
  const inputs = await openInputs();
  const signals = listenForSignals(() => {});
  try {
    const code = await work(await open(given, flags, signals, inputs));
    return signals.exitCode() ?? code;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    if (signals.exitCode() === undefined) log(`error: ${userMessage(error)}`);
    return signals.exitCode() ?? EXIT_FAILURE;
  } finally {
    signals.close();
    await inputs.remove();
  }
};
