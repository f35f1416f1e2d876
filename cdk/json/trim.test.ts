import {expect, test} from '@jest/globals';
import {excerpt} from './trim.ts';

test.each([
  ['a short string is not cut', 'abc', 'abc'],
  ['a long one ends in an ellipsis', 'abcd', 'abc…'],
  ['a character of two code units is not cut in half', 'ab😀', 'ab…'],
  ['one before the end stays whole', 'a😀b', 'a😀…'],
])('%s', (_what, text, expected) => {
  expect(excerpt(text, 3)).toBe(expected);
});
