// Which pages go out as the bytes that they came in. Nobody chooses it: it is what nobody can tell from the records.

import type {Stream} from '../author/stream-value.ts';
import type {Page} from '../author/types.ts';
import {rawRecordsOf} from '../http/decode/lazy-records.ts';
import {countOf, endOf, type RawRecords, startOf} from '../json/raw-records.ts';
import {DEFAULT_MAX_RECORD_BYTES} from './conform/size.ts';
import {cursorsIn} from './cursor/in-bytes.ts';

export type Passthrough = {
  /** The bytes of a page's records; undefined where they have to be parsed. */
  readonly enter: (page: Page) => RawRecords | undefined;
  /** What is read of such records: as little of each as the stream needs; none at all for a stream without a cursor. */
  readonly look: (raw: RawRecords) => readonly object[];
  /** How many pages went which way, in words; '' where there were none. */
  readonly summary: () => string;
};

/** What about a stream takes its records as objects, in words. */
const lookerOf = ({types, fields, deletes}: Stream, hasChildren: boolean): string | undefined => {
  if (types === 'as-declared') return 'its values are brought to their types';
  if (fields === 'as-selected') return 'its fields are selected';
  if (deletes !== undefined) return 'its deletes are followed';
  return hasChildren ? 'its records are the slices of other streams' : undefined;
};

/** A larger record has to lose fields. */
const fits = (raw: RawRecords): boolean => {
  if (raw.body.length <= DEFAULT_MAX_RECORD_BYTES) return true;
  for (let index = 0; index < countOf(raw); index += 1) {
    if (endOf(raw, index) - startOf(raw, index) > DEFAULT_MAX_RECORD_BYTES) return false;
  }
  return true;
};

const pages = (count: number): string => (count === 1 ? '1 page' : `${count} pages`);

export const openPassthrough = (stream: Stream, hasChildren: boolean): Passthrough => {
  const looker = lookerOf(stream, hasChildren);
  const {cursor} = stream;
  let passed = 0;
  let parsed = 0;
  return {
    enter: (page) => {
      const raw = looker === undefined ? rawRecordsOf(page) : undefined;
      const taken = raw !== undefined && fits(raw) ? raw : undefined;
      if (taken === undefined) parsed += 1;
      else passed += 1;
      return taken;
    },
    look: (raw) => (cursor === undefined ? [] : cursorsIn(raw, cursor.field)),
    summary: () => {
      if (passed + parsed === 0) return '';
      const why = looker === undefined ? '' : `, since ${looker}`;
      return `${pages(passed)} went out as the bytes that came, ${pages(parsed)} parsed${why}`;
    },
  };
};
