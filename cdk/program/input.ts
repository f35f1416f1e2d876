// Reads and parses the files of the command line. Errors say where to look, but never quote a file: it may hold secrets.
import {readFile} from 'node:fs/promises';
import {ConfigError, messageOf} from '../errors.ts';
import {parseExact} from '../json/exact.ts';
import {isObject} from '../json/values.ts';

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EACCES: 'cannot be read by this user',
  EISDIR: 'is a directory',
};

const readText = async (what: string, path: string): Promise<string> => {
  try {
    // JSON.parse rejects the byte order mark that some editors write.
    return (await readFile(path, 'utf8')).replace(/^\uFEFF/, '');
  } catch (cause) {
    const code = isObject(cause) ? String(cause['code']) : '';
    throw new ConfigError(
      `The ${what} file ${path} ${REASONS[code] ?? `cannot be read: ${messageOf(cause)}`}.`,
      {cause},
    );
  }
};

/** V8's message about invalid JSON; undefined if it is valid. */
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
const UNEXPECTED = /^Unexpected token '(.)'/s;

/** The number of the faulty line. Without a position in V8's message, it is searched by bisection. */
const lineOf = (text: string, fault: string): number => {
  const [, , position] = POSITIONED.exec(fault) ?? [];
  if (position !== undefined) return text.slice(0, Number(position)).split('\n').length;
  const lines = text.trimEnd().split('\n');
  let fine = 0;
  let faulty = lines.length;
  while (faulty - fine > 1) {
    const middle = (fine + faulty) >> 1;
    const start = `${lines.slice(0, middle).join('\n')}\n`;
    if (UNEXPECTED.test(faultIn(start) ?? '')) faulty = middle;
    else fine = middle;
  }
  return faulty;
};

/** V8's message, unless it quotes the file. */
const problemIn = (fault: string): string => {
  const [, problem] = POSITIONED.exec(fault) ?? [];
  if (problem !== undefined) return `${problem.charAt(0).toLowerCase()}${problem.slice(1)}`;
  if (fault === END_OF_INPUT) return 'unexpected end';
  const [, character] = UNEXPECTED.exec(fault) ?? [];
  if (character === undefined) return 'unexpected text';
  const code = character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
  return `unexpected character ${/[!-~]/.test(character) ? `'${character}'` : `U+${code}`}`;
};

/** @param firstLine the line of the file at which `text` begins */
const parseJson = (what: string, path: string, text: string, firstLine = 1): unknown => {
  try {
    return parseExact(text);
  } catch (error) {
    const fault = messageOf(error);
    const line = firstLine + lineOf(text, fault) - 1;
    throw new ConfigError(
      `The ${what} file ${path} is not valid JSON at line ${line}: ${problemIn(fault)}. Correct that line.`,
    );
  }
};

/** The file may have any name: some clients pass `.txt`. */
export const readJsonFile = async (what: string, path: string): Promise<unknown> =>
  parseJson(what, path, await readText(what, path));

/** A state file may also be empty, or hold one state per line. */
export const readStateFile = async (path: string): Promise<unknown> => {
  const text = await readText('state', path);
  if (text.trim() === '') return undefined;
  const lines = text
    .split('\n')
    .map((line, index) => ({line, number: index + 1}))
    .filter(({line}) => line.trim() !== '');
  // If one JSON value spans several lines, its first line is not valid JSON.
  const isLines = lines.length > 1 && faultIn(lines[0]?.line ?? '') === undefined;
  return isLines
    ? lines.map(({line, number}) => parseJson('state', path, line, number))
    : parseJson('state', path, text);
};
