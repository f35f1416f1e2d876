// Makes folders for files of one run.
import {mkdtemp} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {codeOf, messageOf, UsageError} from './errors.ts';

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
 * Makes a folder in TMPDIR, or in the system's folder for temporary files; only this user can read it. Its path is
 * absolute. Fails with a UsageError if it can't be made.
 */
export const makeTemporaryFolder = async (prefix: string, parent = tmpdir()): Promise<string> => {
  const path = resolve(parent);
  try {
    return await mkdtemp(join(path, prefix));
  } catch (error) {
    const reason = REASONS[codeOf(error) ?? ''] ?? messageOf(error);
    throw new UsageError(
      `No folder can be made in ${path}, which is for temporary files: ${reason}. Set TMPDIR to a folder that this user may write to.`,
    );
  }
};
