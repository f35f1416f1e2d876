import {expect, test} from '@jest/globals';
import {parseAsWritten} from './as-written.ts';
import {isSame} from './canonical.ts';
import {parseExact} from './exact.ts';

test.each([
  ['another order of fields', {a: 1, b: {c: [1, {d: 2}]}}, {b: {c: [1, {d: 2}]}, a: 1}, true],
  ['another value', {a: 1}, {a: 2}, false],
  ['another order of a list', [1, 2], [2, 1], false],
  ['an additional field', {a: 1}, {a: 1, b: undefined, c: null}, false],
  [
    "the same number beyond JavaScript's precision",
    parseAsWritten('[1.50]'),
    parseAsWritten('[1.50]'),
    true,
  ],
  [
    'two different numbers beyond it',
    parseAsWritten('[9007199254740993]'),
    parseAsWritten('[9007199254740992]'),
    false,
  ],
  [
    'two different numbers beyond it whose digits were kept',
    {b: parseExact('[{"id":9007199254740993}]')},
    {b: parseExact('[{"id":9007199254740992}]')},
    false,
  ],
])('isSame compares by value: %s', (_, one, other, same) => {
  expect(isSame(one, other)).toBe(same);
});
