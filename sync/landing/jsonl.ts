// The destination `jsonl:DIR`: a file of rows for each stream and run.
import {createHash} from 'node:crypto';
import {join} from 'node:path';
import {parseAsWritten} from '../../cdk/json/as-written.ts';
import {skipSpace} from '../../cdk/json/bytes.ts';
import {isObject} from '../../cdk/json/values.ts';
import {streamKey} from '../../cdk/protocol/catalog.ts';
import type {StreamDescriptor} from '../../cdk/protocol/generated/airbyte.ts';
import {createDataFile, type DataFile} from './data-file.ts';

export type StreamLanding = {
  /** Takes a record, an object of JSON in bytes. Returns what the next one must wait for, if it must. */
  readonly land: (data: Buffer) => Promise<void> | undefined;
};

export type Landing = {
  /** Opens a stream. `onRow` is called for each row that was taken. */
  readonly open: (
    stream: StreamDescriptor,
    onRow: (path: string, bytes: number) => void,
  ) => StreamLanding;
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

/** The names of the fields that are added to each record begin like this. */
const ADDED = Buffer.from('"__');

const ADDED_FIELDS: ReadonlySet<string> = new Set(['__source', '__stream', '__ingested_at']);

/** A field of the record that has the name of an added one is dropped: two fields of one name would break the file for some readers. */
const withoutAddedFields = (data: Buffer): Buffer => {
  if (!data.includes(ADDED)) return data;
  const record = parseAsWritten(data.toString());
  if (!isObject(record)) return data;
  const kept = Object.entries(record).filter(([name]) => !ADDED_FIELDS.has(name));
  return Buffer.from(JSON.stringify(Object.fromEntries(kept)));
};

/** The fields that a record gets, after its last one. They change with the time only. */
const addedFields = (source: string, stream: string, now: () => number) => {
  let instant = Number.NaN;
  let fields = Buffer.alloc(0);
  return (): Buffer => {
    const at = now();
    if (at === instant) return fields;
    instant = at;
    const added = {
      __source: source,
      __stream: stream,
      __ingested_at: new Date(at).toISOString(),
    };
    fields = Buffer.from(`,${JSON.stringify(added).slice(1)}\n`);
    return fields;
  };
};

/** Opens the destination for one source. A stream's file is created at its first row. */
export const openLanding = (options: LandingOptions): Landing => {
  const files = new Map<string, {readonly stream: StreamDescriptor; readonly file: DataFile}>();
  const create = async (stream: StreamDescriptor): Promise<DataFile> => {
    const open = files.get(streamKey(stream));
    if (open !== undefined) return open.file;
    const file = await createDataFile(fileStem(options, stream));
    files.set(streamKey(stream), {stream, file});
    return file;
  };
  return {
    open: (stream, onRow) => {
      const added = addedFields(options.source, stream.name, options.now);
      let file: DataFile | undefined;
      const add = (to: DataFile, given: Buffer): Promise<void> | undefined => {
        const data = withoutAddedFields(given);
        const tail = added();
        // Without the closing brace; an empty object needs no comma.
        const row = data.subarray(0, data.length - 1);
        const isEmpty = skipSpace(data, 1) === data.length - 1;
        const rest = isEmpty ? tail.subarray(1) : tail;
        const ready = to.add(row, rest);
        onRow(to.path, row.length + rest.length);
        return ready;
      };
      return {
        land: (data) =>
          file === undefined
            ? create(stream).then((created) => {
                file = created;
                return add(created, data);
              })
            : add(file, data),
      };
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
