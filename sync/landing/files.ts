// Small JSON files: read with errors that say where to look, written so that no crash leaves half of one.
import {mkdir, open, readFile, realpath, rename, rm} from 'node:fs/promises';
import {dirname} from 'node:path';
import {parseAsWritten} from '../../cdk/json/as-written.ts';
import {codeOf, messageOf} from '../../process/errors.ts';
import {SyncError} from '../report/errors.ts';

const READ_REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EACCES: 'may not be read by this user',
  EISDIR: 'is a directory',
};

/** Reads and parses a file. Its errors never quote it: it may hold secrets. */
export const readJsonFile = async (what: string, path: string): Promise<unknown> => {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const reason = READ_REASONS[codeOf(error) ?? ''] ?? `can't be read: ${messageOf(error)}`;
    throw new SyncError(`The ${what} file ${path} ${reason}.`, {cause: error});
  }
  try {
    // JSON.parse stumbles over a byte order mark, which some editors put in front.
    return parseAsWritten(text.replace(/^\uFEFF/, ''));
  } catch {
    throw new SyncError(
      `The ${what} file ${path} is not valid JSON${text.trim() === '' ? ': it is empty' : ''}.`,
    );
  }
};

/** Makes the entries of a directory last: a file's own fsync does not, by POSIX. */
export const syncDirectory = async (path: string): Promise<void> => {
  try {
    const directory = await open(path, 'r');
    await directory.sync().finally(() => directory.close());
  } catch (error) {
    // Network file systems refuse it in several ways, and do without; a disk that fails is another matter.
    if (codeOf(error) === 'EIO') throw error;
  }
};

/** Creates a directory and those above it. */
export const createDirectory = async (path: string): Promise<void> => {
  try {
    await mkdir(path, {recursive: true});
  } catch (error) {
    throw new SyncError(
      `Can't create the directory ${path}: ${messageOf(error)}. Choose one you may write to.`,
      {cause: error},
    );
  }
};

const writeThrough = async (path: string, text: string, mode: number): Promise<void> => {
  const file = await open(path, 'w', mode);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
};

/** Replaces a file as a whole: whoever reads it, and whenever the machine stops, there is the old one or the new one. */
export const replaceFile = async (
  what: string,
  path: string,
  text: string,
  mode = 0o666,
): Promise<void> => {
  try {
    // Of a link, what it points to is replaced.
    const target = await realpath(path).catch(() => path);
    const temporary = `${target}.tmp`;
    await mkdir(dirname(target), {recursive: true});
    // A leftover of a crash would keep its own mode.
    await rm(temporary, {force: true});
    await writeThrough(temporary, text, mode);
    await rename(temporary, target);
    await syncDirectory(dirname(target));
  } catch (error) {
    throw new SyncError(
      `Can't save the ${what} file ${path}: ${messageOf(error)}. Make room, or choose a place you may write to, and run again.`,
      {cause: error},
    );
  }
};
