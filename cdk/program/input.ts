// Files given on the command line, read and parsed, with errors that say where to look. They never quote the
// file: it may hold secrets.
import {readFile} from 'node:fs/promises';
import {ConfigError, messageOf} from '../errors.ts';
import {parseExact} from '../json/exact.ts';
import {isObject} from '../json/values.ts';

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
    const code = isObject(cause) ? String(cause['code']) : '';
    throw new ConfigError(
      `The ${what} file ${path} ${REASONS[code] ?? `can't be read: ${messageOf(cause)}`}.`,
      {cause},
    );
  }
};

/** What JSON.parse has against a text, in V8's words; undefined for nothing. */
const faultIn = (text: string): string | undefined => {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
};

const END_OF_INPUT = 'Unexpected end of JSON input';
const POSITIONED = /^(.*?)(?: in JSON)? at position (\d+)/;

/** Whether a text may still become JSON by what follows. */
const isUnfinished = (text: string): boolean => {
  const fault = faultIn(text) ?? END_OF_INPUT;
  return fault === END_OF_INPUT || Number(POSITIONED.exec(fault)?.[2]) === text.length;
};

/** The index of the first character that can't stand where it does. */
const firstMisplaced = (text: string): number => {
  let fine = 0;
  let faulty = text.length;
  while (faulty - fine > 1) {
    const middle = (fine + faulty) >> 1;
    if (isUnfinished(text.slice(0, middle))) fine = middle;
    else faulty = middle;
  }
  return fine;
};

const characterAt = (text: string, index: number): string => {
  const code = text.codePointAt(index) ?? 0;
  const character = String.fromCodePoint(code);
  return /[\p{C}\p{Z}]/u.test(character)
    ? `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
    : `'${character}'`;
};

/** V8 says what is wrong and where, save for a character that it did not expect: there it quotes the text. */
const explain = (text: string, fault: string): {index: number; problem: string} => {
  const [, problem, position] = POSITIONED.exec(fault) ?? [];
  if (problem !== undefined) return {index: Number(position), problem};
  if (fault === END_OF_INPUT) return {index: text.trimEnd().length, problem: 'Unexpected end'};
  const index = firstMisplaced(text);
  return {index, problem: `Unexpected character ${characterAt(text, index)}`};
};

/** `firstLine` is the number of the text's first line, where it is a part of the file. */
const parseJson = (what: string, path: string, text: string, firstLine = 1): unknown => {
  try {
    return parseExact(text);
  } catch (error) {
    const {index, problem} = explain(text, messageOf(error));
    const before = text.slice(0, index).split('\n');
    const line = firstLine + before.length - 1;
    const column = (before.at(-1)?.length ?? 0) + 1;
    throw new ConfigError(
      `The ${what} file ${path} is not valid JSON: line ${line}, column ${column}: ${problem.charAt(0).toLowerCase()}${problem.slice(1)}.`,
    );
  }
};

/** Any file name will do, and any ending: clients pass `.txt`. */
export const readJsonFile = async (what: string, path: string): Promise<unknown> =>
  parseJson(what, path, await readText(what, path));

/** A state may also be an empty file, or one state a line. */
export const readStateFile = async (path: string): Promise<unknown> => {
  const text = await readText('state', path);
  if (text.trim() === '') return undefined;
  const lines = text
    .split('\n')
    .map((line, index) => ({line, number: index + 1}))
    .filter(({line}) => line.trim() !== '');
  // Of JSON that is spread over lines, the first one is none by itself.
  const isLines = lines.length > 1 && faultIn(lines[0]?.line ?? '') === undefined;
  return isLines
    ? lines.map(({line, number}) => parseJson('state', path, line, number))
    : parseJson('state', path, text);
};
