// How a state names slices: by their fields, or, as there may be a hundred thousand of them, by numbers in few bytes.
import {hash} from 'node:crypto';
import type {Slice} from '../../author/types.ts';

/** Escapes only what the key's own grammar uses, so that `octocat/hello-world` stays readable. */
const encode = (text: string): string => text.replace(/[%&=]/g, encodeURIComponent);

const decode = (text: string): string => text.replace(/%(25|26|3D)/g, decodeURIComponent);

/** A slice's identity: its fields by name, whatever their order. Empty for a stream without slices. */
export const sliceKey = (slice: Slice): string =>
  Object.keys(slice)
    .sort()
    .map((key) => `${encode(key)}=${encode(String(slice[key]))}`)
    .join('&');

/** The slice of a key, its values as strings. */
export const sliceOf = (key: string): Slice =>
  Object.fromEntries(
    key.split('&').map((part) => {
      const [name = '', value = ''] = part.split('=');
      return [decode(name), decode(value)];
    }),
  );

/**
 * A slice as a number of 48 bits. That two of 100,000 slices have the same is less likely than one in 50,000; a new slice
 * that has the number of one of them would be taken for a known one.
 */
export const sliceNumber = (key: string): number =>
  Number.parseInt(hash('sha1', key, 'hex').slice(0, 12), 16);

const CONTINUES = 0x80;

/** Base-128 digits, the lowest first, as numbers beyond 2^31 have no bit operators. */
const pushNumber = (bytes: number[], value: number): void => {
  let rest = value;
  while (rest >= CONTINUES) {
    bytes.push((rest % CONTINUES) + CONTINUES);
    rest = Math.floor(rest / CONTINUES);
  }
  bytes.push(rest);
};

/** One string: the numbers sorted, each by its distance from the one before. About seven characters a slice. */
export const packSliceNumbers = (numbers: Iterable<number>): string => {
  const bytes: number[] = [];
  let before = 0;
  for (const number of Float64Array.from(numbers).sort()) {
    pushNumber(bytes, number - before);
    before = number;
  }
  return Buffer.from(bytes).toString('base64');
};

/** Undefined for a value that `packSliceNumbers` did not write. */
export const unpackSliceNumbers = (packed: unknown): ReadonlySet<number> | undefined => {
  if (typeof packed !== 'string') return undefined;
  const numbers = new Set<number>();
  let number = 0;
  let value = 0;
  let unit = 1;
  for (const byte of Buffer.from(packed, 'base64')) {
    value += (byte % CONTINUES) * unit;
    unit *= CONTINUES;
    if (byte >= CONTINUES) continue;
    number += value;
    numbers.add(number);
    value = 0;
    unit = 1;
  }
  return unit === 1 && Number.isSafeInteger(number) ? numbers : undefined;
};
