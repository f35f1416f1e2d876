// Times as a count since 1970, in a number or a string of digits.
import type {CursorValue} from '../../author/types.ts';
import type {Notation} from './layout.ts';
import {fromTicks, type Moment, toTicks} from './moment.ts';

/** The digits of a second that one unit has. */
const UNIT = {'epoch-s': 0, 'epoch-ms': 3, 'epoch-us': 6} as const;

export type EpochFormat = keyof typeof UNIT;

const COUNT = /^(?<whole>-?\d+)(?:\.(?<fraction>\d+))?$/;

/** The range of a Date; a count in the wrong unit is soon outside of it. */
const MAX_MS = 8.64e15;

const decimalsOf = (value: CursorValue): number =>
  COUNT.exec(String(value))?.groups?.['fraction']?.length ?? 0;

/** Inserts a decimal point before the last `decimals` digits. */
const withPoint = (ticks: bigint, decimals: number): string => {
  if (decimals === 0) return String(ticks);
  const digits = String(ticks < 0n ? -ticks : ticks).padStart(decimals + 1, '0');
  return `${ticks < 0n ? '-' : ''}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
};

/** Numbers and strings such as `1700000000` or `1700000000.123456`, exact whatever their size. */
export const epochNotation = (format: EpochFormat): Notation => {
  const unit = UNIT[format];
  const read = (value: CursorValue): Moment | undefined => {
    if (unit <= 3 && Number.isSafeInteger(value)) {
      const ms = Number(value) * 10 ** (3 - unit);
      return Math.abs(ms) <= MAX_MS ? {ms, finer: ''} : undefined;
    }
    const {whole, fraction = ''} = COUNT.exec(String(value))?.groups ?? {};
    if (whole === undefined) return undefined;
    const moment = fromTicks(BigInt(whole + fraction), unit + fraction.length);
    return Math.abs(moment.ms) <= MAX_MS ? moment : undefined;
  };
  return {
    read,
    unit: 10 ** (3 - unit),
    writerLike: (model) => {
      const decimals = decimalsOf(model);
      const write = (moment: Moment): string =>
        withPoint(toTicks(moment, unit + decimals), decimals);
      return {
        tick: unit + decimals,
        write: typeof model === 'number' ? (moment) => Number(write(moment)) : write,
      };
    },
  };
};
