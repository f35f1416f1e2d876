import {describe, expect, test} from '@jest/globals';
import {
  packSliceNumbers,
  sliceKey,
  sliceNumber,
  sliceOf,
  unpackSliceNumbers,
} from './slice-keys.ts';

describe("a slice's key", () => {
  test('does not depend on the order of its fields', () => {
    expect(sliceKey({b: 2, a: 'x'})).toBe('a=x&b=2');
    expect(sliceKey({a: 'x', b: 2})).toBe('a=x&b=2');
  });

  test('keeps slices apart whose values hold its own separators', () => {
    expect(sliceKey({a: '1&b=2'})).toBe('a=1%26b%3D2');
    expect(sliceKey({a: 'octocat/hello-world'})).toBe('a=octocat/hello-world');
    expect(sliceOf('a=1%26b%3D2')).toEqual({a: '1&b=2'});
  });

  test('is empty for a stream without slices', () => expect(sliceKey({})).toBe(''));
});

test('keys come back from their text as they were, whatever their order', () => {
  const keys = new Set([sliceNumber('repository=b'), 0, 2 ** 48 - 1, 127, 128, sliceNumber('a=1')]);
  expect(unpackSliceNumbers(packSliceNumbers(keys))).toEqual(keys);
  expect(packSliceNumbers([3, 1, 2])).toBe(packSliceNumbers([1, 2, 3]));
  expect(unpackSliceNumbers('')).toEqual(new Set());
});

test('a hundred thousand keys take less than 700 kB', () => {
  const keys = new Set(Array.from({length: 100_000}, (_, index) => sliceNumber(`id=${index}`)));
  expect(keys.size).toBe(100_000);
  const text = packSliceNumbers(keys);
  expect(text.length).toBeLessThan(700_000);
  expect(unpackSliceNumbers(text)).toEqual(keys);
});

test('a text that was cut is not taken for keys', () => {
  const text = packSliceNumbers([sliceNumber('a'), sliceNumber('b')]);
  expect(unpackSliceNumbers(text.slice(0, 4))).toBeUndefined();
  expect(unpackSliceNumbers(7)).toBeUndefined();
});
