import {type Duration, shift} from '../../duration.ts';
import type {Cursor, CursorValue} from '../../source.ts';
import {capAtRunStart, compareCursors, isCursorValue, later} from '../cursor.ts';

export type CursorRules = {
  readonly valueOf: (record: object) => CursorValue | undefined;
  readonly compare: (a: CursorValue, b: CursorValue) => number;
  readonly later: (
    a: CursorValue | undefined,
    b: CursorValue | undefined,
  ) => CursorValue | undefined;
  readonly instantOf: (value: CursorValue) => number | undefined;
  readonly earlier: (value: CursorValue, by: Duration | number) => CursorValue;
  readonly tickBefore: (value: CursorValue) => CursorValue;
  readonly cappedAt: (value: CursorValue, instant: number) => CursorValue;
  readonly atInstant: (instant: number, model: CursorValue) => CursorValue;
  readonly isTime: (value: CursorValue) => boolean;
};

const instantOf = (value: CursorValue): number | undefined =>
  typeof value === 'string' && value.includes('-') ? Date.parse(value) || undefined : undefined;

const atInstant = (instant: number, model: CursorValue): CursorValue => {
  const iso = new Date(instant).toISOString();
  const text = String(model);
  if (!text.includes(':')) return iso.slice(0, 10);
  return text.includes('.') ? iso : iso.replace(/\.\d+Z$/, 'Z');
};

export const cursorRules = ({field}: Pick<Cursor, 'format' | 'field'>): CursorRules => ({
  valueOf: (record) => {
    const value: unknown = Reflect.get(record, field);
    return isCursorValue(value) ? value : undefined;
  },
  compare: compareCursors,
  later,
  instantOf,
  earlier: (value, by) => {
    if (typeof by === 'number') return typeof value === 'number' ? value - by : value;
    const instant = instantOf(value);
    return instant === undefined ? value : atInstant(shift(instant, by, -1), value);
  },
  tickBefore: (value) => (typeof value === 'number' ? value - 1 : value),
  cappedAt: (value, instant) => capAtRunStart(value, undefined, instant + 60_000) ?? value,
  atInstant,
  isTime: (value) => instantOf(value) !== undefined,
});
