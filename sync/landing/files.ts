// Reads small JSON files with helpful errors, and writes them so that a crash never leaves half a file.
import {createHash, randomBytes} from 'node:crypto';
import {mkdir, open, readdir, readFile, realpath, rename, rm} from 'node:fs/promises';
import {basename, dirname, join} from 'node:path';
import {parseAsWritten} from '../../cdk/json/as-written.ts';
import {codeOf, messageOf} from '../../process/errors.ts';
import {SyncError} from '../report/errors.ts';

const READ_REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EACCES: 'cannot be read by this user',
  EISDIR: 'is a directory',
};

/** Reads and parses a file. Errors never quote it, because it may contain secrets. */
export const readJsonFile = async (what: string, path: string): Promise<unknown> => {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const reason = READ_REASONS[codeOf(error) ?? ''] ?? `cannot be read: ${messageOf(error)}`;
    throw new SyncError(`The ${what} file ${path} ${reason}.`, {cause: error});
  }
  try {
    // JSON.parse rejects the byte order mark that some editors write.
    return parseAsWritten(text.replace(/^\uFEFF/, ''));
  } catch {
    throw new SyncError(
      `The ${what} file ${path} is not valid JSON${text.trim() === '' ? ': it is empty' : ''}.`,
    );
  }
};

/** Saves the entries of a directory to disk, which the fsync of a file does not, by POSIX. */
export const syncDirectory = async (path: string): Promise<void> => {
  try {
    const directory = await open(path, 'r');
    await directory.sync().finally(() => directory.close());
  } catch (error) {
    // Network file systems reject it in several ways, and do not need it. EIO is a failing disk.
    if (codeOf(error) === 'EIO') throw error;
  }
};

export const createDirectory = async (path: string): Promise<void> => {
  try {
    await mkdir(path, {recursive: true});
  } catch (error) {
    throw new SyncError(
      `The directory ${path} cannot be created: ${messageOf(error)}. Choose one that you may write to.`,
      {cause: error},
    );
  }
};

const writeThrough = async (path: string, text: string, mode: number): Promise<void> => {
  const file = await open(path, 'wx', mode);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
};

/** The beginning of the names of a file's temporary files, short enough for any file system. */
const temporaryPrefix = (target: string): string => {
  const name = basename(target);
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 8);
  return `.${name.slice(0, 40)}.${hash}-`;
};

/** Removes temporary files of a file that a killed run left. The caller holds the lock of the file. */
export const removeTemporaryFiles = async (path: string): Promise<void> => {
  const target = await realpath(path).catch(() => path);
  const names = await readdir(dirname(target)).catch(() => []);
  const prefix = temporaryPrefix(target);
  for (const name of names) {
    if (name.startsWith(prefix) && name.endsWith('.tmp')) {
      await rm(join(dirname(target), name), {force: true});
    }
  }
};

/** Replaces a file atomically: a reader, or a machine that stops, sees either the old or the new one. */
export const replaceFile = async (
  what: string,
  path: string,
  text: string,
  mode = 0o666,
): Promise<void> => {
  let temporary: string | undefined;
  try {
    // The target of a link is replaced, not the link.
    const target = await realpath(path).catch(() => path);
    await mkdir(dirname(target), {recursive: true});
    const unique = randomBytes(6).toString('hex');
    temporary = join(dirname(target), `${temporaryPrefix(target)}${unique}.tmp`);
    await writeThrough(temporary, text, mode);
    await rename(temporary, target);
    await syncDirectory(dirname(target));
  } catch (error) {
    if (temporary !== undefined) await rm(temporary, {force: true}).catch(() => {});
    throw new SyncError(
      `The ${what} file ${path} cannot be saved: ${messageOf(error)}. Free disk space, or choose a directory that you may write to, and run again.`,
      {cause: error},
    );
  }
};
