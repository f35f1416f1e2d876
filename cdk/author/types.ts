// What the parts of a stream's definition have in common: positions, slices and pages.
import type {JsonObject} from '../json/values.ts';

/** A position in a stream, in the record's own format: a timestamp, a date, an id. */
export type CursorValue = string | number;

/** Which part of a stream one pass reads, such as `{repository: 'octocat/hello-world'}`. Its content is its identity. */
export type Slice = Readonly<Record<string, string | number | boolean>>;

/** What a stream yields: some records, in the order in which they were fetched. */
export type Page<R extends object = object> = {
  readonly records: readonly R[];
  /** The size of what was fetched, in bytes, where it is known; it bounds what waits in memory. */
  readonly bytes?: number;
  /** What the page behind this one is asked for with, as plain JSON: `read` gets it back where a run was cut off. */
  readonly resume?: JsonObject | undefined;
  /** Why the list may not have ended here, in words: what is missing in it is then not taken for deleted. */
  readonly doubt?: string | undefined;
};

/** How a cursor's values are written down, where that is not seen from the values themselves. */
export type CursorFormat =
  /** Numbers, or texts of digits, that are times: seconds, milliseconds or microseconds since 1970. */
  | 'epoch-s'
  | 'epoch-ms'
  | 'epoch-us'
  /** A pattern of `yyyy MM dd HH mm ss SSS SSSSSS Z XXX` and anything between, such as `dd.MM.yyyy HH:mm`; UTC without a zone. */
  | {readonly pattern: string};
