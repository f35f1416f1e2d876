import {expect, test} from '@jest/globals';
import {packKeys, sliceNumber, unpackKeys} from './slice-keys.ts';

test('keys come back from their text as they were, whatever their order', () => {
  const keys = new Set([sliceNumber('repository=b'), 0, 2 ** 48 - 1, 127, 128, sliceNumber('a=1')]);
  expect(unpackKeys(packKeys(keys))).toEqual(keys);
  expect(packKeys([3, 1, 2])).toBe(packKeys([1, 2, 3]));
  expect(unpackKeys('')).toEqual(new Set());
});

test('a hundred thousand keys take less than 700 kB', () => {
  const keys = new Set(Array.from({length: 100_000}, (_, index) => sliceNumber(`id=${index}`)));
  expect(keys.size).toBe(100_000);
  const text = packKeys(keys);
  expect(text.length).toBeLessThan(700_000);
  expect(unpackKeys(text)).toEqual(keys);
});

test('a text that was cut is not taken for keys', () => {
  const text = packKeys([sliceNumber('a'), sliceNumber('b')]);
  expect(unpackKeys(text.slice(0, 4))).toBeUndefined();
});
