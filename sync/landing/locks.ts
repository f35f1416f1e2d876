// Keeps a second sync away from files that one is writing.
import {realpath} from 'node:fs/promises';
import {basename, dirname, join} from 'node:path';
import {messageOf} from '../../process/errors.ts';
import {acquireLock} from '../../process/lock.ts';
import {SyncError} from '../report/errors.ts';

export type Locks = {
  /**
   * Holds a lock until the end of the run.
   * @throws SyncError with this message if another run holds it
   */
  readonly hold: (path: string, isTaken: string) => void;
  /** True if another run holds a lock. */
  readonly isHeldElsewhere: (path: string) => boolean;
  readonly release: () => void;
};

export const openLocks = (): Locks => {
  const held = new Map<string, () => void>();
  return {
    hold: (path, isTaken) => {
      if (held.has(path)) return;
      let release: (() => void) | undefined;
      try {
        release = acquireLock(path);
      } catch (error) {
        throw new SyncError(
          `The file ${path} cannot be locked: ${messageOf(error)}. Choose a directory that you may write to, on a file system with locks.`,
          {cause: error},
        );
      }
      if (release === undefined) throw new SyncError(isTaken);
      held.set(path, release);
    },
    isHeldElsewhere: (path) => {
      if (held.has(path)) return false;
      const release = acquireLock(path);
      release?.();
      return release === undefined;
    },
    release: () => {
      for (const release of held.values()) release();
      held.clear();
    },
  };
};

/** The lock of a file: hidden, beside it or, for a link, beside its target. */
export const lockPathOf = async (path: string): Promise<string> => {
  const target = await realpath(path).catch(() => path);
  return join(dirname(target), `.${basename(target)}.lock`);
};
