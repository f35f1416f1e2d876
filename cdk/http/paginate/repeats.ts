// Finds pages that a server sends again. Their envelopes may differ, by a request id or the time that the request took, so
// only the records are compared. Servers send the last page again for any later one, or go round in circles.
import {hash} from 'node:crypto';
import {crc32} from 'node:zlib';
import {printExact} from '../../json/exact.ts';
import {bytesAt, countOf, parseAll} from '../../json/raw-records.ts';
import {rawRecordsOf} from '../decode/lazy-records.ts';

type Records = readonly object[];

/** The records as they were received, without an access to lazy ones, after which they could not pass through as bytes. */
const parsed = (records: Records): Records => {
  const raw = rawRecordsOf(records);
  return raw === undefined ? records : parseAll(raw);
};

/** Equal for equal pages in the same form, and seldom for others; cheap, because it is made for every page. */
const outline = (records: Records): number => {
  const raw = rawRecordsOf(records);
  const [first, last] =
    raw === undefined
      ? [printExact(records[0]), printExact(records.at(-1))]
      : [bytesAt(raw, 0), bytesAt(raw, countOf(raw) - 1)];
  return crc32(last, crc32(first, records.length));
};

const contentOf = (records: Records): string => hash('sha1', printExact(parsed(records)), 'base64');

/** A page apart from the one before it may be equal to an earlier one by chance, but so many in a row are not. */
const IN_A_ROW = 2;

/**
 * Call it for each page in turn. True for a page that was sent before.
 * @param previous reads the page before this one again, unchanged
 */
export type RepeatCheck = (
  records: Records,
  previous: () => Promise<Records | undefined>,
) => Promise<boolean>;

export const openRepeatCheck = (): RepeatCheck => {
  const outlines = new Set<number>();
  /** Of pages whose outline came again, by their outline. */
  const contents = new Map<number, string>();
  let last: number | undefined;
  let wasRaw = false;
  let inARow = 0;
  return async (records, previous) => {
    if (records.length === 0) {
      last = undefined;
      return false;
    }
    const isRaw = rawRecordsOf(records) !== undefined;
    if (wasRaw && !isRaw && last !== undefined) {
      // Printed records have other spaces than received ones.
      last = outline(parsed((await previous()) ?? []));
      outlines.add(last);
    }
    wasRaw = isRaw;
    const key = outline(records);
    const isNext = key === last;
    last = key;
    if (!outlines.has(key)) {
      outlines.add(key);
      inARow = 0;
      return false;
    }
    inARow += 1;
    const content = contentOf(records);
    const before = isNext ? await previous() : undefined;
    if (before !== undefined && contentOf(before) === content) return true;
    const isKnown = contents.get(key) === content;
    contents.set(key, content);
    return isKnown && inARow >= IN_A_ROW;
  };
};
