import {expect, test} from '@jest/globals';
import {parseExact} from '../landing/json.ts';
import {carryOver, isSame} from './carry.ts';

test.each([
  ['the same', {a: 1, b: {c: [1, {d: 2}]}}, {b: {c: [1, {d: 2}]}, a: 1}, true],
  ['another value', {a: 1}, {a: 2}, false],
  ['another order of a list', [1, 2], [2, 1], false],
  ['one field more', {a: 1}, {a: 1, b: undefined, c: null}, false],
  ['a number that JavaScript can not hold', parseExact('[1.50]'), parseExact('[1.50]'), true],
  ['two of them', parseExact('[9007199254740993]'), parseExact('[9007199254740992]'), false],
])('%s is told apart from what it is not', (_, one, other, same) => {
  expect(isSame(one, other)).toBe(same);
});

const from = {token: 't1', list: [{token: 't1'}, 'a'], deep: {n: 1, token: 't1'}};
const to = {token: 't2', list: [{token: 't2'}, 'a'], deep: {n: 1, token: 't2'}};

test.each([
  ['nothing', from, to],
  ['a field beside', {...from, more: [1]}, {...to, more: [1]}],
  [
    'a field beside one that was changed',
    {...from, deep: {...from.deep, n: 2}},
    {...to, deep: {n: 2, token: 't2'}},
  ],
  [
    'an item beside one',
    {...from, list: [{token: 't1'}, 'b']},
    {...to, list: [{token: 't2'}, 'b']},
  ],
])('where the user edited %s, a change is carried over', (_, mine, carried) => {
  expect(carryOver(mine, from, to)).toEqual({value: carried});
});

test('fields that the source added or removed are carried over, too', () => {
  expect(carryOver({a: 1, b: 2}, {a: 1}, {a: 1, c: 3})).toEqual({value: {a: 1, b: 2, c: 3}});
  expect(carryOver({a: 1, b: 2, c: 3}, {a: 1, c: 3}, {a: 1})).toEqual({value: {a: 1, b: 2}});
});

test.each([
  ['a value', {...from, token: 't9'}],
  ['one value of several', {...from, deep: {...from.deep, token: 't9'}}],
  ['the length of a list with one', {...from, list: [...from.list, 'b']}],
  ['the kind of a value', {...from, deep: 'none'}],
  ['the presence of a value', {list: from.list, deep: from.deep}],
])('where the user edited %s that the source changed, nothing is carried over', (_, mine) => {
  expect(carryOver(mine, from, to)).toBe(undefined);
});
