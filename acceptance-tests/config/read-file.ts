// YAML and JSON files, with errors that name the file and the line.
import {readFile} from 'node:fs/promises';
import {parseDocument} from 'yaml';
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

/** Fails with a UsageError that names `path` if the text is not YAML. */
export const parseYaml = (text: string, path: string): unknown => {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error === undefined) {
    try {
      return document.toJS();
    } catch (reason) {
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

/** Fails with a UsageError if there is no such file, or if it is not JSON. */
export const readJson = async (path: string): Promise<unknown> => {
  const text = await readText(path);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${path}: this is not JSON: ${messageOf(error)}.`);
  }
};

/** The same for a file with a JSON value on each line. */
export const readJsonLines = async (path: string): Promise<readonly unknown[]> => {
  const lines = (await readText(path)).split('\n').filter((line) => line.trim() !== '');
  return lines.map((line, index) => {
    try {
      return JSON.parse(line);
    } catch (error) {
      throw new UsageError(`${path}:${index + 1}: this is not JSON: ${messageOf(error)}.`);
    }
  });
};
