// Resolves the options of the command line to sources, files and directories.
import {join, resolve} from 'node:path';
import {UsageError} from '../../process/errors.ts';
import {fileSafe} from '../landing/jsonl.ts';
import {findSource, type SourceProgram} from './sources.ts';

/** The options as they were typed. */
export type Invocation = {
  readonly sources: readonly string[];
  readonly configs: readonly string[];
  readonly states: readonly string[];
  readonly to: string;
  readonly tokens: string | undefined;
  readonly streams: readonly string[] | undefined;
  readonly adoptState: boolean;
  readonly debug: boolean;
};

/** A source and its files. */
type SourceOptions = SourceProgram & {
  readonly config: string | undefined;
  readonly state: string;
};

export type Options = {
  readonly sources: readonly SourceOptions[];
  readonly directory: string;
  readonly tokens: string | undefined;
  readonly streams: readonly string[] | undefined;
};

const directoryIn = (to: string): string => {
  const [, kind, directory] = /^([^:]*):?(.*)$/s.exec(to) ?? [];
  if (kind !== 'jsonl') {
    throw new UsageError(`--to ${to} is not supported: use jsonl:<directory>.`);
  }
  if (!directory) throw new UsageError(`--to ${to} has no directory: use jsonl:<directory>.`);
  return directory;
};

/** The file of each source, from an option that is a file for one source, or `<source>=<file>` for each of several. */
const filesBySource = (
  option: string,
  values: readonly string[],
  names: readonly string[],
): ReadonlyMap<string, string> => {
  const files = new Map<string, string>();
  for (const value of values) {
    const name = names.find((candidate) => value.startsWith(`${candidate}=`));
    const [only] = names;
    if (name === undefined && (names.length > 1 || only === undefined)) {
      throw new UsageError(
        `${option} ${value} does not name its source: use ${names.map((source) => `${source}=<file>`).join(' or ')}.`,
      );
    }
    const [source, file] =
      name === undefined ? [only ?? '', value] : [name, value.slice(name.length + 1)];
    if (files.has(source)) throw new UsageError(`${option} is given twice for ${source}.`);
    files.set(source, file);
  }
  return files;
};

const assertOwnStates = (sources: readonly SourceOptions[]): void => {
  const paths = sources.map(({state}) => resolve(state));
  const second = sources.findIndex((_, index) => paths.indexOf(paths[index] ?? '') !== index);
  if (second === -1) return;
  throw new UsageError(
    `Two sources would keep their states in ${sources[second]?.state}: give each its own file with --state.`,
  );
};

/** Finds the programs and files of the sources. Throws a UsageError if an option is wrong. */
export const resolveOptions = async (invocation: Invocation): Promise<Options> => {
  const directory = directoryIn(invocation.to);
  const programs = await Promise.all(invocation.sources.map(findSource));
  const names = programs.map(({name}) => name);
  const files = names.map(fileSafe);
  const second = files.findIndex((file, index) => files.indexOf(file) !== index);
  if (second !== -1) {
    const [one, other] = [names[files.indexOf(files[second] ?? '')], names[second]];
    throw new UsageError(
      `Two sources are named ${one === other ? one : `${one} and ${other}`}, so their files would have the same names. Sync them separately, each with its own --to directory.`,
    );
  }
  if (invocation.streams?.length === 0)
    throw new UsageError('--streams has no stream: use a list such as issues,commits.');
  const configs = filesBySource('--config', invocation.configs, names);
  const states = filesBySource('--state', invocation.states, names);
  const sources = programs.map((program) => ({
    ...program,
    config: configs.get(program.name),
    state: states.get(program.name) ?? join(directory, `${fileSafe(program.name)}.state.json`),
  }));
  assertOwnStates(sources);
  return {sources, directory, tokens: invocation.tokens, streams: invocation.streams};
};
