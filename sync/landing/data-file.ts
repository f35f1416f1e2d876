// A file of rows. Rows are collected in memory until they are enough for one write.
import {type FileHandle, open, rm} from 'node:fs/promises';
import {dirname} from 'node:path';
import {codeOf, messageOf} from '../../process/errors.ts';
import {SyncError} from '../report/errors.ts';
import {syncDirectory} from './files.ts';

/** The bytes that are collected for one write. A longer row is written alone. */
const BLOCK = 256 * 1024;

/** The longest time that a row waits in memory, in milliseconds: a run that is killed keeps the rows before. */
const WRITE_AFTER = 1_000;

export type DataFile = {
  readonly path: string;
  /** The rows and bytes in the file so far. */
  readonly written: () => {readonly rows: number; readonly bytes: number};
  /** Adds a row in two parts, which are copied. Returns what the next row must wait for, if it must. */
  readonly add: (row: Buffer, tail: Buffer) => Promise<void> | undefined;
  /** Resolves when all lines are safe on disk, even if the machine stops. */
  readonly sync: () => Promise<void>;
  readonly close: () => Promise<void>;
};

const writeError = (path: string, error: unknown): SyncError =>
  new SyncError(
    `${path} cannot be written: ${messageOf(error)}. Free disk space, or choose another directory with --to, and run again.`,
    {cause: error},
  );

/** Never opens an existing file: a second run in the same second, or a stream whose name differs only in case, gets a number. */
const openNew = async (
  stem: string,
): Promise<{readonly path: string; readonly file: FileHandle}> => {
  for (let number = 1; ; number++) {
    const path = `${stem}${number === 1 ? '' : `_${number}`}.jsonl`;
    try {
      return {path, file: await open(path, 'wx')};
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw writeError(path, error);
    }
  }
};

/** Creates `<stem>.jsonl`. */
export const createDataFile = async (stem: string): Promise<DataFile> => {
  const {path, file} = await openNew(stem);
  let block: Buffer = Buffer.allocUnsafeSlow(BLOCK);
  let used = 0;
  let rows = 0;
  // Written blocks are used again: new memory for each would keep the garbage collector busy.
  let spare: Buffer | undefined;
  let written = {rows: 0, bytes: 0};
  let listed = false;
  let writing = Promise.resolve();

  /** Removes what a failed write may have written: half a line would break the file for its readers. */
  const undoWrite = async (): Promise<void> => {
    await file.truncate(written.bytes).catch(() => {});
    if (written.rows === 0) await rm(path, {force: true}).catch(() => {});
  };
  const writeWaiting = async (): Promise<void> => {
    if (rows === 0) return;
    const [full, bytes, count] = [block, block.subarray(0, used), rows];
    block = spare ?? Buffer.allocUnsafeSlow(BLOCK);
    spare = undefined;
    used = 0;
    rows = 0;
    try {
      await file.appendFile(bytes);
    } catch (error) {
      await undoWrite();
      throw writeError(path, error);
    }
    if (full.length === BLOCK) spare = full;
    written = {rows: written.rows + count, bytes: written.bytes + bytes.length};
  };
  // Writes one after another. After a failed write there are no more.
  let timer: NodeJS.Timeout | undefined;
  const write = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    writing = writing.then(writeWaiting);
    return writing;
  };
  const put = (row: Buffer, tail: Buffer): Promise<void> | undefined => {
    used += row.copy(block, used);
    used += tail.copy(block, used);
    rows += 1;
    // A failure is thrown by the next call, too.
    timer ??= setTimeout(() => write().catch(() => {}), WRITE_AFTER);
    return used >= BLOCK ? write() : undefined;
  };
  const sync = async (): Promise<void> => {
    await write();
    try {
      await file.datasync();
      if (!listed) await syncDirectory(dirname(path));
      listed = true;
    } catch (error) {
      throw writeError(path, error);
    }
  };
  return {
    path,
    written: () => written,
    add: (row, tail) =>
      used + row.length + tail.length <= block.length
        ? put(row, tail)
        : write().then(() => {
            const length = row.length + tail.length;
            if (length > block.length) block = Buffer.allocUnsafeSlow(length);
            return put(row, tail);
          }),
    sync,
    close: () => sync().finally(() => file.close()),
  };
};
