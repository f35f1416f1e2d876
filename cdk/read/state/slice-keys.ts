// Many slices, in few bytes: a state has to say which slices it knows, and there may be a hundred thousand of them.
import {hash} from 'node:crypto';

/**
 * A slice as a number of 48 bits. That two of 100,000 slices have the same is less likely than one in 50,000; a new slice
 * that has the number of one of them would be taken for known.
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

/** As text: sorted, each by its distance from the one before. About seven characters a key. */
export const packKeys = (keys: Iterable<number>): string => {
  const bytes: number[] = [];
  let before = 0;
  for (const key of Float64Array.from(keys).sort()) {
    pushNumber(bytes, key - before);
    before = key;
  }
  return Buffer.from(bytes).toString('base64');
};

/** Undefined for a text that is none of ours. */
export const unpackKeys = (text: string): ReadonlySet<number> | undefined => {
  const keys = new Set<number>();
  let key = 0;
  let value = 0;
  let unit = 1;
  for (const byte of Buffer.from(text, 'base64')) {
    value += (byte % CONTINUES) * unit;
    unit *= CONTINUES;
    if (byte >= CONTINUES) continue;
    key += value;
    keys.add(key);
    value = 0;
    unit = 1;
  }
  return unit === 1 && Number.isSafeInteger(key) ? keys : undefined;
};
