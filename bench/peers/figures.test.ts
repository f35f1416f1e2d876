import {describe, expect, test} from '@jest/globals';
import {fallen, median, ratio, spread} from './figures.js';

describe('figures of several rounds', () => {
  test('have a median: the middle value, or the mean of the two in the middle', () => {
    expect([median([3, 1, 2]), median([4, 1, 3, 2])]).toEqual([2, 2.5]);
  });

  test('have a minimum and a maximum', () => {
    expect(spread([3, 10, 2])).toEqual({median: 3, min: 2, max: 10});
    expect(spread([])).toBeUndefined();
  });

  test('are compared round by round, so that a round on a busy machine counts like any other', () => {
    expect(ratio([10, 1, 30], [5, 0.5, 10])).toEqual({median: 2, min: 2, max: 3});
  });

  test('are compared in the rounds that both have', () => {
    expect(ratio([10, 20, 30], [5, 4])).toEqual({median: 3.5, min: 2, max: 5});
    expect(ratio([10], [5, 2])).toEqual({median: 2, min: 2, max: 2});
  });
});

describe('a ratio', () => {
  test('may be 70 % of the last one', () => {
    expect(fallen({'http wall': 2}, {'http wall': 1.4})).toEqual([]);
  });

  test('is reported below that', () => {
    expect(fallen({'http wall': 2, 'spec cpu': 4}, {'http wall': 1.38, 'spec cpu': 9})).toEqual([
      'http wall is 1.38, which is 69 % of the last 2.00; it must be at least 70 %.',
    ]);
  });

  test('is reported if it is missing', () => {
    expect(fallen({'http wall': 2}, {})).toEqual(['http wall was not measured.']);
  });
});
