// The destination `jsonl:DIR`: a file of rows for each stream and run.
import {createHash} from 'node:crypto';
import {join} from 'node:path';
import type {JsonObject} from '../../cdk/json/values.ts';
import {streamKey} from '../../cdk/protocol/catalog.ts';
import type {StreamDescriptor} from '../../cdk/protocol/generated/airbyte.ts';
import {createDataFile, type DataFile} from './data-file.ts';

export type Landing = {
  /** Takes a row. Resolves when the next one can be taken. */
  readonly land: (
    stream: StreamDescriptor,
    data: JsonObject,
  ) => Promise<{readonly path: string; readonly bytes: number}>;
  /** Resolves when the rows so far are on disk: those of a stream, or all. */
  readonly sync: (stream?: StreamDescriptor) => Promise<void>;
  /** Resolves when all rows are on disk and the files are closed. */
  readonly close: () => Promise<void>;
  /** The rows and bytes in each stream's file. */
  readonly written: () => readonly Written[];
};

type Written = {
  readonly stream: StreamDescriptor;
  readonly path: string;
  readonly rows: number;
  readonly bytes: number;
};

export type LandingOptions = {
  readonly directory: string;
  readonly source: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly now: () => number;
};

/** The longest part of a file name, in bytes: two of them, a time and an ending fit into the 255 bytes of most file systems. */
const LONGEST = 100;

/** The beginning of a name that fits, without half a character. */
const beginningOf = (name: string, bytes: number): string => {
  let text = '';
  let length = 0;
  for (const character of name) {
    length += Buffer.byteLength(character);
    if (length > bytes) break;
    text += character;
  }
  return text;
};

/**
 * Makes a name lower-case, and replaces characters that are special to a file system or shell. A long name is shortened and gets
 * a hash of all of it.
 */
export const fileSafe = (name: string): string => {
  // Some file systems store composed and decomposed letters alike.
  const safe = name
    .normalize('NFC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}_.-]+/gu, '-');
  if (Buffer.byteLength(safe) <= LONGEST) return safe;
  const hash = createHash('sha256').update(name.normalize('NFC')).digest('hex').slice(0, 12);
  return `${beginningOf(safe, LONGEST - hash.length - 1)}-${hash}`;
};

/** `20261122T051352Z` */
const timestamp = (instant: number): string =>
  new Date(instant).toISOString().replaceAll(/[-:]|\.\d+/g, '');

const fileStem = (
  {directory, source, startedAt}: LandingOptions,
  {name, namespace}: StreamDescriptor,
): string => {
  const stream = namespace === undefined ? name : `${namespace}.${name}`;
  return join(directory, `${fileSafe(source)}_${fileSafe(stream)}_${timestamp(startedAt)}`);
};

/** Opens the destination for one source. A stream's file is created at its first row. */
export const openLanding = (options: LandingOptions): Landing => {
  const files = new Map<string, {readonly stream: StreamDescriptor; readonly file: DataFile}>();
  const fileOf = async (stream: StreamDescriptor): Promise<DataFile> => {
    const key = streamKey(stream);
    const open = files.get(key);
    if (open !== undefined) return open.file;
    const file = await createDataFile(fileStem(options, stream));
    files.set(key, {stream, file});
    return file;
  };
  let stamp = {instant: 0, text: ''};
  const ingestedAt = (): string => {
    const instant = options.now();
    if (instant !== stamp.instant) stamp = {instant, text: new Date(instant).toISOString()};
    return stamp.text;
  };
  return {
    land: async (stream, data) => {
      const file = await fileOf(stream);
      const row = {
        ...data,
        __source: options.source,
        __stream: stream.name,
        __ingested_at: ingestedAt(),
      };
      const line = `${JSON.stringify(row)}\n`;
      await file.add(line);
      return {path: file.path, bytes: Buffer.byteLength(line)};
    },
    sync: async (stream) => {
      if (stream === undefined) for (const {file} of files.values()) await file.sync();
      else await files.get(streamKey(stream))?.file.sync();
    },
    close: async () => {
      const ends = await Promise.allSettled([...files.values()].map(({file}) => file.close()));
      const failed = ends.find((end) => end.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
    },
    written: () =>
      [...files.values()].map(({stream, file}) => ({stream, path: file.path, ...file.written()})),
  };
};
