// A decoder reads one format. It is a plain value that an author passes: `http.paginate(path, {decode: csv()})`.
import type {Split} from './lazy-records.ts';
import type {RecordsShape} from './record-shape.ts';
import type {WithoutRecords} from './records-path.ts';
import type {ChildrenOf} from './spots.ts';

/** Describes the body in error messages. */
export type About = {
  /** The request, and the file inside an archive: `GET https://api.test/export, file "items.csv"`. */
  readonly where: string;
  /** From the response's header. */
  readonly contentType: string | undefined;
};

/** Some records in their order, and the size of their bytes in the body. */
export type Batch = {
  readonly records: readonly object[];
  readonly bytes: number;
};

export type StreamOptions = About & {
  /** The path of the list, if the format has paths. */
  readonly records: string | undefined;
  /** The way to make records of the values at that path. */
  readonly shape?: RecordsShape | undefined;
  readonly withoutRecords?: WithoutRecords | undefined;
  /** The most bytes that may be in memory. */
  readonly limit: number;
};

/** Bodies are unpacked before they are decoded: gzip and zip are recognized by their first bytes. */
export type Decoder = {
  /** The request's `accept` header, unless the source sets its own. */
  readonly accept: string;
  /** Returns a document or a list of records. */
  readonly decode: (body: Buffer, about: About) => Promise<unknown>;
  /** Reads the records of a body of any size. A chunk is valid until the next one is requested. */
  readonly stream: (chunks: AsyncIterable<Buffer>, options: StreamOptions) => AsyncIterable<Batch>;
  /** Finds the records in a document, for formats whose paths differ from JSON's. */
  readonly find?: (document: unknown, path: string) => unknown;
  /** Takes one step of such a path. */
  readonly childrenOf?: ChildrenOf;
  /** Like `decode`, with lazily parsed records; undefined if the body has to be decoded. */
  readonly split?: <R extends object>(
    body: Buffer,
    path: string | undefined,
    about: About,
  ) => Split<R> | undefined;
  /** A cheap check for truncation. Without it a body that may be truncated is decoded to find out. */
  readonly looksComplete?: (body: Buffer) => boolean;
};
