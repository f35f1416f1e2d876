// How a body is read. A decoder is a plain value that an author passes: `http.paginate(path, {decode: csv()})`.

import type {Split} from './lazy-records.ts';

/** What an error says of the body at hand. */
export type About = {
  /** The request, and the file inside an archive: `GET https://api.test/export, file "items.csv"`. */
  readonly where: string;
  /** As the answer says. */
  readonly contentType: string | undefined;
};

/** Some records, in their order, and the size of what they came from. */
export type Batch = {
  readonly records: readonly object[];
  readonly bytes: number;
};

export type StreamOptions = About & {
  /** The path of the list, where the format has one. */
  readonly records: string | undefined;
  /** The most bytes that may be held in memory. */
  readonly limit: number;
};

/** Reads one format. Bodies reach it unpacked: gzip and zip are seen by their first bytes. */
export type Decoder = {
  /** What the request asks for in `accept`, unless the source sets its own. */
  readonly accept: string;
  /** What a whole body holds: a document, or a list of records. */
  readonly decode: (body: Buffer, about: About) => Promise<unknown>;
  /** The records of a body of any size, as they are read. A chunk holds good until the next one is asked for. */
  readonly stream: (chunks: AsyncIterable<Buffer>, options: StreamOptions) => AsyncIterable<Batch>;
  /** Finds the records in a document, where that is not as in JSON. */
  readonly find?: (document: unknown, path: string) => unknown;
  /** The same as `decode`, with records that are parsed when somebody looks at them; undefined where that can't be. */
  readonly split?: <R extends object>(
    body: Buffer,
    path: string | undefined,
  ) => Split<R> | undefined;
  /** A cheap look that finds nothing missing. Without it a body that may have been cut is decoded to see that. */
  readonly looksComplete?: (body: Buffer) => boolean;
};
