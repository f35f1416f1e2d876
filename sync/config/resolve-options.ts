// From the options as they were typed to the sources, files and directories that they name.
import {join} from 'node:path';
import {UsageError} from '../../process/errors.ts';
import {fileSafe} from '../landing/jsonl.ts';
import {findSource, type SourceProgram} from './sources.ts';

/** What the command line asks for, as it was typed. */
export type Invocation = {
  readonly sources: readonly string[];
  readonly configs: readonly string[];
  readonly states: readonly string[];
  readonly to: string;
  readonly tokens: string | undefined;
  readonly streams: readonly string[] | undefined;
  readonly debug: boolean;
};

/** A source, and the files that belong to it. */
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
    throw new UsageError(`Can't write to ${to}: what is supported is jsonl:<directory>.`);
  }
  if (!directory) throw new UsageError(`--to ${to} names no directory: say jsonl:<directory>.`);
  return directory;
};

/** The files of an option that is given once for one source, or as `<source>=<file>` for each of several. */
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
        `${option} ${value} does not say which source it is for: say ${names.map((source) => `${source}=<file>`).join(' or ')}.`,
      );
    }
    const [source, file] =
      name === undefined ? [only ?? '', value] : [name, value.slice(name.length + 1)];
    if (files.has(source)) throw new UsageError(`${option} is given twice for ${source}.`);
    files.set(source, file);
  }
  return files;
};

/** Finds the sources, and which file belongs to which of them. */
export const resolveOptions = async (invocation: Invocation): Promise<Options> => {
  const directory = directoryIn(invocation.to);
  const programs = await Promise.all(invocation.sources.map(findSource));
  const names = programs.map(({name}) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new UsageError(
      `Two of the sources are called ${twice}: their files would get into each other's way. Sync them one after the other, with --to into different directories.`,
    );
  }
  if (invocation.streams?.length === 0) throw new UsageError('--streams names no stream.');
  const configs = filesBySource('--config', invocation.configs, names);
  const states = filesBySource('--state', invocation.states, names);
  const sources = programs.map((program) => ({
    ...program,
    config: configs.get(program.name),
    state: states.get(program.name) ?? join(directory, `${fileSafe(program.name)}.state.json`),
  }));
  return {sources, directory, tokens: invocation.tokens, streams: invocation.streams};
};
