// YAML and JSON files, with errors that name the file and the line.
import {readFile} from 'node:fs/promises';
import {parseDocument} from 'yaml';
import {parseExact} from '../../cdk/json/exact.ts';
import {codeOf, messageOf, UsageError} from '../../process/errors.ts';

/** Fails with a UsageError if the file can't be read. */
export const readText = async (path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const reason = codeOf(error) === 'ENOENT' ? 'there is no such file' : messageOf(error);
    throw new UsageError(`${path}: ${reason}.`);
  }
};

const placeOf = (place: string, key: string, holder: object): string => {
  if (Array.isArray(holder)) return `${place}[${key}]`;
  return place === '' ? key : `${place}.${key}`;
};

/** The place of a value that holds itself; undefined if no value does. An alias may lead to a value that it is in. */
const findCircle = (
  value: unknown,
  place = '',
  above: readonly unknown[] = [],
  done: Set<unknown> = new Set(),
): string | undefined => {
  if (typeof value !== 'object' || value === null || done.has(value)) return undefined;
  if (above.includes(value)) return place;
  for (const [key, inner] of Object.entries(value)) {
    const found = findCircle(inner, placeOf(place, key, value), [...above, value], done);
    if (found !== undefined) return found;
  }
  done.add(value);
  return undefined;
};

/** Fails with a UsageError that names `path` if the text is not YAML, or holds itself by an alias. */
export const parseYaml = (text: string, path: string): unknown => {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error === undefined) {
    try {
      const value: unknown = document.toJS();
      const circle = findCircle(value);
      if (circle === undefined) return value;
      throw new UsageError(
        `${path}: ${circle} leads back to a value that holds it, by an alias. Write the value out.`,
      );
    } catch (reason) {
      if (reason instanceof UsageError) throw reason;
      // Aliases are resolved only now: one is undefined, or there are too many.
      throw new UsageError(`${path}: this is not YAML: ${messageOf(reason)}.`);
    }
  }
  const line = error.linePos === undefined ? '' : `:${error.linePos[0].line}`;
  const [what = ''] = error.message.split(/ at line \d+|\n/);
  throw new UsageError(`${path}${line}: this is not YAML: ${what}.`);
};

/** Fails with a UsageError if there is no such file, or if it is not YAML. */
export const readYaml = async (path: string): Promise<unknown> =>
  parseYaml(await readText(path), path);

/** Keeps the digits of numbers beyond 2^53. Fails with a UsageError if there is no such file, or if it is not JSON. */
export const readJson = async (path: string): Promise<unknown> => {
  const text = await readText(path);
  try {
    return parseExact<unknown>(text);
  } catch (error) {
    throw new UsageError(`${path}: this is not JSON: ${messageOf(error)}.`);
  }
};

/** The same for a file with a JSON value on each line. */
export const readJsonLines = async (path: string): Promise<readonly unknown[]> => {
  const lines = (await readText(path)).split('\n').filter((line) => line.trim() !== '');
  return lines.map((line, index) => {
    try {
      return parseExact<unknown>(line);
    } catch (error) {
      throw new UsageError(`${path}:${index + 1}: this is not JSON: ${messageOf(error)}.`);
    }
  });
};
