// Locks that end with the process that holds them, however it ends. Node has no flock; SQLite locks files by fcntl, which the
// system undoes by itself, also for other containers on the same volume: https://www.sqlite.org/lockingv3.html
import {DatabaseSync} from 'node:sqlite';
import {codeOf} from './errors.ts';

/** https://www.sqlite.org/rescode.html#busy */
const BUSY = 5;

const isBusy = (error: unknown): boolean =>
  codeOf(error) === 'ERR_SQLITE_ERROR' &&
  typeof error === 'object' &&
  error !== null &&
  'errcode' in error &&
  error.errcode === BUSY;

/**
 * Locks a file, which is created and stays. Returns what releases it; undefined if another one holds it. Throws if the file can't
 * be created, or if the file system has no locks.
 */
export const acquireLock = (path: string): (() => void) | undefined => {
  const database = new DatabaseSync(path);
  try {
    // The file is only locked, never written, so there is no journal.
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    return () => database.close();
  } catch (error) {
    database.close();
    if (isBusy(error)) return undefined;
    throw error;
  }
};
