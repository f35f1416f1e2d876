// Files given on the command line, read and parsed, with errors that say where to look. They never quote the
// file: it may hold secrets.
import {readFile} from 'node:fs/promises';
import {ConfigError, messageOf} from './errors.ts';

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EACCES: 'may not be read by this user',
  EISDIR: 'is a directory',
};

const readText = async (what: string, path: string): Promise<string> => {
  try {
    // JSON.parse stumbles over a byte order mark, which some editors put in front.
    return (await readFile(path, 'utf8')).replace(/^\uFEFF/, '');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    throw new ConfigError(
      `The ${what} file ${path} ${REASONS[code] ?? `can't be read: ${messageOf(cause)}`}.`,
      {cause},
    );
  }
};

const endOf = (text: string): {line: number; column: number} => {
  const lines = text.trimEnd().split('\n');
  return {line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1};
};

/** Where the JSON goes wrong. V8's own message often has no position, and quotes what stands there. */
const locate = async (text: string): Promise<string> => {
  const {parse} = await import('@humanwhocodes/momoa');
  try {
    parse(text);
    return 'a line break or another control character stands inside a string';
  } catch (error) {
    const reason = messageOf(error);
    const {line, column} =
      reason.includes('end of input') || !hasPosition(error) ? endOf(text) : error;
    return `line ${line}, column ${column}: ${reason.replace(/^./, (first) => first.toLowerCase()).replace(/\.? \(.*$/, '')}`;
  }
};

const hasPosition = (error: unknown): error is Error & {line: number; column: number} =>
  error instanceof Error && 'line' in error && 'column' in error;

const parseJson = async (what: string, path: string, text: string): Promise<unknown> => {
  try {
    return JSON.parse(text);
  } catch {
    throw new ConfigError(`The ${what} file ${path} is not valid JSON: ${await locate(text)}.`);
  }
};

/** Any file name will do, and any ending: clients pass `.txt`. */
export const readJsonFile = async (what: string, path: string): Promise<unknown> =>
  parseJson(what, path, await readText(what, path));

/** A state may also be an empty file, or one state a line. */
export const readStateFile = async (path: string): Promise<unknown> => {
  const text = await readText('state', path);
  if (text.trim() === '') return undefined;
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  try {
    return lines.length > 1 ? lines.map((line): unknown => JSON.parse(line)) : JSON.parse(text);
  } catch {
    return parseJson('state', path, text);
  }
};
