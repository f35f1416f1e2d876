// Clears what a run that was killed left: half a line at the end of a data file, and temporary files.
import {type FileHandle, open, readdir, rm} from 'node:fs/promises';
import {join} from 'node:path';
import {codeOf, messageOf} from '../../process/errors.ts';
import {SyncError} from '../report/errors.ts';
import type {Locks} from './locks.ts';

const NEWLINE = 0x0a;
const BLOCK = 64 * 1024;

/** The length of a file up to the end of its last whole line. */
const wholeLength = async (file: FileHandle, size: number): Promise<number> => {
  const block = Buffer.alloc(BLOCK);
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - BLOCK);
    const {bytesRead} = await file.read(block, 0, end - start, start);
    const found = block.subarray(0, bytesRead).lastIndexOf(NEWLINE);
    if (found !== -1) return start + found + 1;
    end = start;
  }
  return 0;
};

/** Cuts half a line off the end of a file, and removes a file without a whole line. Returns the number of bytes that it cut. */
const cutHalfLine = async (path: string): Promise<number> => {
  const file = await open(path, 'r+');
  try {
    const {size} = await file.stat();
    const length = await wholeLength(file, size);
    if (length < size) await file.truncate(length);
    if (length === 0) await rm(path, {force: true});
    return size - length;
  } finally {
    await file.close();
  }
};

/** The data files of `a` are `a_…`, and so are those of `a_b`: each part before an underscore may be their source. */
const possibleSources = (name: string): readonly string[] =>
  [...name.matchAll(/_/g)].map(({index}) => name.slice(0, index));

const DATA_FILE = /_\d{8}T\d{6}Z(?:_\d+)?\.jsonl$/;

/**
 * Cuts off half a line that a killed run left in a data file of this source. The record of that line is read again, because no
 * state covers it. Files of other sources that are running are left alone.
 * @param stem the first part of the names of the source's files
 * @param onCut called for each file that had half a line
 */
export const cutHalfLines = async (
  directory: string,
  stem: string,
  locks: Locks,
  onCut: (path: string, bytes: number) => void,
): Promise<void> => {
  const names = await readdir(directory);
  const isRunning = (source: string): boolean =>
    names.includes(sourceLock(source)) &&
    locks.isHeldElsewhere(join(directory, sourceLock(source)));
  const isOwn = (name: string): boolean =>
    name.startsWith(`${stem}_`) && DATA_FILE.test(name) && !possibleSources(name).some(isRunning);
  for (const name of names.filter(isOwn)) {
    const path = join(directory, name);
    try {
      const bytes = await cutHalfLine(path);
      if (bytes > 0) onCut(path, bytes);
    } catch (error) {
      // Another program may move files away at any time, or make them read-only when they are whole.
      if (['ENOENT', 'EACCES', 'EPERM', 'EROFS'].includes(codeOf(error) ?? '')) continue;
      throw new SyncError(`The data file ${path} cannot be checked: ${messageOf(error)}.`);
    }
  }
};

/** The name of the lock that a sync of a source holds in its directory. */
export const sourceLock = (stem: string): string => `.${stem}.lock`;
