import {expect, test} from '@jest/globals';
import {parseAsWritten} from './as-written.ts';
import {isSame} from './canonical.ts';

test.each([
  ['the same', {a: 1, b: {c: [1, {d: 2}]}}, {b: {c: [1, {d: 2}]}, a: 1}, true],
  ['another value', {a: 1}, {a: 2}, false],
  ['another order of a list', [1, 2], [2, 1], false],
  ['one field more', {a: 1}, {a: 1, b: undefined, c: null}, false],
  [
    'a number that JavaScript can not hold',
    parseAsWritten('[1.50]'),
    parseAsWritten('[1.50]'),
    true,
  ],
  [
    'two of them',
    parseAsWritten('[9007199254740993]'),
    parseAsWritten('[9007199254740992]'),
    false,
  ],
])('%s is told apart from what it is not', (_, one, other, same) => {
  expect(isSame(one, other)).toBe(same);
});
