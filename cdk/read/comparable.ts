// Refuses cursors that cannot be compared, where a comparison decides which records are emitted: a wrong guess loses them.
import type {Cursor} from '../author/cursor.ts';
import type {CursorValue} from '../author/types.ts';
import {SystemError} from '../errors.ts';
import type {CursorKind, CursorRules} from './cursor/rules.ts';

const MAX_SHOWN = 60;

const shown = (value: CursorValue): string =>
  typeof value === 'string' && value.length > MAX_SHOWN
    ? `${JSON.stringify(value.slice(0, MAX_SHOWN))}…`
    : JSON.stringify(value);

const FORMATS =
  "'epoch-s', 'rfc-2822', {pattern: 'dd.MM.yyyy'}, or 'characters' for strings that sort by their characters";

const adviceFor = ({format}: Cursor): string =>
  format === undefined
    ? `Declare its \`format\`, such as ${FORMATS}.`
    : 'Correct `format`. If the API writes it for a missing value, set it to null in `map`.';

const wrongNotation = (cursor: Cursor, value: CursorValue): string =>
  cursor.format === undefined
    ? `is ${shown(value)}, which is neither ISO 8601 nor a number`
    : `is ${shown(value)}, which is not in the declared \`format\``;

/** Says why a value does not fit its cursor's options. */
const misfit = (cursor: Cursor, value: CursorValue, kind: CursorKind): string | undefined => {
  if (kind === 'unknown') {
    return `${wrongNotation(cursor, value)}, so it is compared by its characters. ${adviceFor(cursor)}`;
  }
  if (!cursor.unique) return undefined;
  const without =
    'so `unique` has no effect, and the record at the position is read again. Remove it';
  if (kind === 'time') return `is ${shown(value)}, a time that records may share, ${without}.`;
  return typeof value === 'string' || Number.isSafeInteger(value)
    ? undefined
    : `is ${shown(value)}, which is not a whole number up to 2^53, ${without}, or let the API send strings.`;
};

/** Warns of the first value of a stream that does not fit its cursor's options. */
export const openNotationCheck = (
  cursor: Cursor,
  {kindOf}: CursorRules,
  warn: (message: string) => void,
): ((value: CursorValue) => void) => {
  let isWarned = false;
  return (value) => {
    const fault = isWarned ? undefined : misfit(cursor, value, kindOf(value));
    if (fault === undefined) return;
    isWarned = true;
    warn(`The cursor "${cursor.field}" ${fault}`);
  };
};

/** A position of another kind is an older state's: every record is then new, and the next position is of the right kind. */
const RANKS: Readonly<Record<CursorKind, number>> = {unknown: 0, characters: 1, number: 1, time: 2};

/** @param needs the option that compares the values */
export const openComparison = (
  cursor: Cursor,
  rules: CursorRules,
  since: CursorValue | undefined,
  needs: string,
): ((records: readonly object[]) => void) => {
  let known = since;
  const check = (value: CursorValue): void => {
    const kind = rules.kindOf(value);
    const where = `The cursor "${cursor.field}" of a record`;
    if (kind === 'unknown') {
      throw new SystemError(
        `${where} ${wrongNotation(cursor, value)}, so \`${needs}\` cannot tell whether the record is new. ${adviceFor(cursor)}`,
      );
    }
    const knownKind = known === undefined ? kind : rules.kindOf(known);
    if (known !== undefined && RANKS[kind] < RANKS[knownKind]) {
      throw new SystemError(
        `${where} is ${shown(value)}, which cannot be compared with ${shown(known)}, so \`${needs}\` cannot tell whether the record is new. ${adviceFor(cursor)}`,
      );
    }
    known = value;
  };
  return (records) => {
    for (const record of records) {
      const value = rules.valueOf(record);
      if (value !== undefined) check(value);
    }
  };
};
