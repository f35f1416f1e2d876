// Decides when a list with the newest records first has reached those that an earlier sync read. A list may keep old
// records on top, such as pinned ones: so a single old record proves nothing.
import type {Cursor} from '../author/cursor.ts';
import type {CursorValue} from '../author/types.ts';
import type {CursorRules} from './cursor/rules.ts';

/** Called with the records of each page; true for the last page to read. */
export type EndOfNews = (records: readonly object[]) => boolean;

const warningOf = ({field}: Cursor): string =>
  `are not in descending order of "${field}", as \`cursor.order\` declares: each sync reads on until a page in that order has nothing new. If old records may fill a whole page, remove \`order\`.`;

const ascends = (values: readonly CursorValue[], {compare}: CursorRules): boolean =>
  values.some((value, index) => {
    const before = values[index - 1];
    return before !== undefined && compare(value, before) > 0;
  });

/** @param since undefined: every page is read, and only the order is checked */
export const openEndOfNews = (
  cursor: Cursor,
  rules: CursorRules,
  since: CursorValue | undefined,
  warn: (message: string) => void,
): EndOfNews => {
  let last: readonly CursorValue[] = [];
  let isWarned = false;
  return (records) => {
    const values = records.flatMap((record) => rules.valueOf(record) ?? []);
    if (!isWarned && ascends([...last, ...values], rules)) {
      isWarned = true;
      warn(warningOf(cursor));
    }
    last = values.length > 0 ? values.slice(-1) : last;
    const isOld = (value: CursorValue): boolean =>
      since !== undefined && rules.compare(value, since) < 0;
    return values.length > 0 && values.every(isOld) && !ascends(values, rules);
  };
};
