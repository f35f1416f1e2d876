// Times as a count since 1970, in a number or in the digits of a text.
import type {CursorValue} from '../../author/types.ts';
import type {Notation} from './layout.ts';
import {fromTicks, type Moment, toTicks} from './moment.ts';

/** How many digits of a second one unit is. */
const UNIT = {'epoch-s': 0, 'epoch-ms': 3, 'epoch-us': 6} as const;

export type EpochFormat = keyof typeof UNIT;

const COUNT = /^(?<whole>-?\d+)(?:\.(?<fraction>\d+))?$/;

/** What a Date can tell; a count in the wrong unit soon lies outside. */
const MAX_MS = 8.64e15;

/** How many digits stand behind the point. */
const decimalsOf = (value: CursorValue): number =>
  COUNT.exec(String(value))?.groups?.['fraction']?.length ?? 0;

/** Ticks with a decimal point so many digits from their end. */
const withPoint = (ticks: bigint, decimals: number): string => {
  if (decimals === 0) return String(ticks);
  const digits = String(ticks < 0n ? -ticks : ticks).padStart(decimals + 1, '0');
  return `${ticks < 0n ? '-' : ''}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
};

/** Numbers and texts such as `1700000000` or `1700000000.123456`, exact whatever their size. */
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
