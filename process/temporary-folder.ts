// Folders for files with secrets, which no other user can read. A process that is killed leaves its folder; the next one clears it.
import {chmod, mkdtemp, readdir, rename, rm, stat} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {basename, dirname, join, resolve} from 'node:path';
import {codeOf, messageOf, UsageError} from './errors.ts';
import {acquireLock} from './lock.ts';

export type TemporaryFolder = {readonly path: string; readonly remove: () => Promise<void>};

/** The owner of a folder holds this lock in it as long as it runs. */
const LOCK = '.lock';

/** An empty folder has this name until it is locked. */
const NEW = 'headwater-new-';

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist',
  ENOTDIR: 'it is not a folder',
  EACCES: 'this user may not write to it',
  EPERM: 'this user may not write to it',
  EROFS: 'its file system is read-only',
  ENOSPC: 'its disk is full',
  EDQUOT: "this user's quota is used up",
};

/**
 * Makes a folder in TMPDIR, or in the system's directory for temporary files. Its path is absolute. Fails with a UsageError
 * if it can't be made.
 * @param prefix the beginning of its name
 * @param mode its permissions, for programs of other users that read it
 */
export const makeTemporaryFolder = async (
  prefix: string,
  {mode = 0o700, parent = tmpdir()}: {readonly mode?: number; readonly parent?: string} = {},
): Promise<TemporaryFolder> => {
  const directory = resolve(parent);
  const made = await mkdtemp(join(directory, NEW)).catch((error: unknown) => {
    const reason = REASONS[codeOf(error) ?? ''] ?? messageOf(error);
    throw new UsageError(
      `No folder can be made in ${directory}, which is for temporary files: ${reason}. Set TMPDIR to a folder that this user may write to.`,
    );
  });
  const release = acquireLock(join(made, LOCK));
  await chmod(made, mode);
  const path = join(dirname(made), `${prefix}${basename(made).slice(NEW.length)}`);
  await rename(made, path);
  return {
    path,
    remove: async () => {
      await rm(path, {recursive: true, force: true});
      release?.();
    },
  };
};

const isLeft = async (path: string): Promise<boolean> => {
  const lock = join(path, LOCK);
  const [folder, file] = await Promise.all([stat(path), stat(lock)]);
  if (!folder.isDirectory() || !file.isFile() || folder.uid !== process.getuid?.()) return false;
  const release = acquireLock(lock);
  release?.();
  return release !== undefined;
};

/** Removes the folders with this prefix whose processes have ended without removing them. */
export const clearTemporaryFolders = async (prefix: string, parent = tmpdir()): Promise<void> => {
  const names = await readdir(parent).catch(() => []);
  for (const name of names) {
    if (!name.startsWith(prefix)) continue;
    const path = join(parent, name);
    // A folder of another program, or one that is being removed at this moment, is not ours to clear.
    const left = await isLeft(path).catch((error: unknown) => {
      if (codeOf(error) === undefined) throw error;
      return false;
    });
    if (left) await rm(path, {recursive: true, force: true});
  }
};
