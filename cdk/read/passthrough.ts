// Decides which pages are emitted as the bytes of the response. There is no option for it: the records are the same.
import type {Stream} from '../author/stream-types.ts';
import type {Page} from '../author/types.ts';
import {rawRecordsOf} from '../http/decode/lazy-records.ts';
import {countOf, endOf, type RawRecords, startOf} from '../json/raw-records.ts';
import {DEFAULT_MAX_RECORD_BYTES} from './conform/size.ts';
import {cursorsIn} from './cursor/in-bytes.ts';

export type Passthrough = {
  /** The bytes of a page's records; undefined if they have to be parsed. */
  readonly enter: (page: Page) => RawRecords | undefined;
  /** Reads only the cursor of each record; returns an empty list for a stream without a cursor. */
  readonly look: (raw: RawRecords) => readonly object[];
  /** Says how many pages went which way; '' without pages. */
  readonly summary: () => string;
};

/** Says why a stream's records have to be parsed; undefined if they need not be. */
const parseReasonOf = (
  {types, fields, deletes}: Stream,
  hasChildren: boolean,
): string | undefined => {
  if (types === 'as-declared') return 'its values are converted to their types';
  if (fields === 'as-selected') return 'its fields are selected';
  if (deletes !== undefined) return 'its deletes are detected';
  return hasChildren ? 'its records are the slices of other streams' : undefined;
};

/** A larger record has to be parsed and trimmed. */
const fits = (raw: RawRecords): boolean => {
  if (raw.body.length <= DEFAULT_MAX_RECORD_BYTES) return true;
  for (let index = 0; index < countOf(raw); index += 1) {
    if (endOf(raw, index) - startOf(raw, index) > DEFAULT_MAX_RECORD_BYTES) return false;
  }
  return true;
};

const pages = (count: number): string => (count === 1 ? '1 page' : `${count} pages`);

export const openPassthrough = (stream: Stream, hasChildren: boolean): Passthrough => {
  const parseReason = parseReasonOf(stream, hasChildren);
  const {cursor} = stream;
  let passed = 0;
  let parsed = 0;
  return {
    enter: (page) => {
      const raw = parseReason === undefined ? rawRecordsOf(page) : undefined;
      const taken = raw !== undefined && fits(raw) ? raw : undefined;
      if (taken === undefined) parsed += 1;
      else passed += 1;
      return taken;
    },
    look: (raw) => (cursor === undefined ? [] : cursorsIn(raw, cursor.field)),
    summary: () => {
      if (passed + parsed === 0) return '';
      const why = parseReason === undefined ? '' : `, because ${parseReason}`;
      return `${pages(passed)} passed through as bytes, ${pages(parsed)} parsed${why}`;
    },
  };
};
