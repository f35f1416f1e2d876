import {describe, expect, test} from '@jest/globals';
import {type Query, setParameter} from './query.ts';

const queryWith = (value: Query[string]): string => {
  const url = new URL('https://api.test/items?a=1&x=old&x=older&b=2');
  setParameter(url, 'x', value);
  return url.search;
};

describe('a parameter', () => {
  test.each<[string, Query[string], string]>([
    ['a string, encoded', 'a b&c', '?a=1&x=a+b%26c&b=2'],
    ['a number', 0, '?a=1&x=0&b=2'],
    ['a flag', false, '?a=1&x=false&b=2'],
    ['an empty string', '', '?a=1&x=&b=2'],
    ['each value of a list, under the same name', ['new', 'newer'], '?a=1&x=new&b=2&x=newer'],
    ['gone when it is undefined', undefined, '?a=1&b=2'],
    ['gone when it is an empty list', [], '?a=1&b=2'],
  ])('replaces all others of its name, and is %s', (_what, value, expected) => {
    expect(queryWith(value)).toBe(expected);
  });
});
