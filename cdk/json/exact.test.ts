import {describe, expect, test} from '@jest/globals';
import {exactOf, parseExact, printExact, rawDigits, withDigitsOf} from './exact.ts';

type Some = Record<string, unknown>;

const LONG = '{"id":9007199254740993,"in":{"list":[1,0.12345678901234567891]},"text":"a"}';

describe('numbers that JavaScript cannot hold', () => {
  test.each([
    ['an integer beyond 2^53', '{"id":9007199254740993}'],
    ['an integer beyond 2^64', '{"id":-123456789012345678901234567890}'],
    ['an integer beyond the largest double', `{"id":1${'0'.repeat(400)}}`],
    ['a decimal', '{"rate":0.12345678901234567891}'],
    ['a decimal that JavaScript prints with fewer digits', '{"rate":0.30000000000000000001}'],
    ['one in a list', '[1,9007199254740993]'],
    ['one by itself in an object in a list', '[{"in":{"id":9007199254740993}}]'],
    ['one under a key that every object has', '{"constructor":9007199254740993}'],
    ['one under a key with an escape', '{"a\\"b":9007199254740993}'],
  ])('are printed with their digits: %s', (_what, text) => {
    expect(printExact(parseExact(text))).toBe(text);
  });

  test('may have space around them', () => {
    const text = '{\n "a" : \t9007199254740993 ,"b": [ 9007199254740995 ] }';
    expect(printExact(parseExact(text))).toBe('{"a":9007199254740993,"b":[9007199254740995]}');
  });

  test('are plain numbers for code that reads them', () => {
    const record = parseExact<Some>('{"id":9007199254740993,"name":"a"}');
    expect(record['id']).toBe(9007199254740992);
    expect(Object.entries(record)).toEqual([
      ['id', 9007199254740992],
      ['name', 'a'],
    ]);
    expect(JSON.stringify(record)).toBe('{"id":9007199254740992,"name":"a"}');
  });

  test('keep their digits in a copy, and in an object that contains the copy', () => {
    const copy = {more: true, ...parseExact<Some>(LONG)};
    expect(printExact([{copy}])).toBe(`[{"copy":{"more":true,${LONG.slice(1)}}]`);
  });

  test('lose their digits when another value replaces them', () => {
    const record = parseExact<Some>('{"id":9007199254740993,"other":9007199254740995}');
    record['id'] = 1;
    delete record['other'];
    expect(printExact(record)).toBe('{"id":1}');
    expect(printExact({...record, id: 'x'})).toBe('{"id":"x"}');
  });

  test('keep their digits in a copy made field by field, through withDigitsOf', () => {
    const record = parseExact<Some>('{"id":9007199254740993,"name":"a"}');
    const copy = withDigitsOf(record, Object.fromEntries([['id', record['id']]]));
    expect(printExact(copy)).toBe('{"id":9007199254740993}');
  });

  test('are returned with their digits by exactOf', () => {
    const record = parseExact<Some>('{"id":9007199254740993,"short":1.50}');
    const exact = exactOf(record, 'id', record['id']);
    expect(rawDigits(Object(exact))).toBe('9007199254740993');
    expect(exactOf(record, 'id', 7)).toBe(7);
    expect(exactOf(record, 'short', record['short'])).toBe(1.5);
  });
});

describe('other values', () => {
  test.each([
    ['numbers that JavaScript holds', '{"id":9007199254740991,"rate":0.30000000000000004}'],
    ['strings of digits', '{"id":"9007199254740993","more":": 9007199254740993"}'],
    ['a document that is not an object', '"9007199254740993"'],
  ])('are parsed as by JSON.parse: %s', (_what, text) => {
    const value = parseExact(text);
    expect(value).toEqual(JSON.parse(text));
    expect(Object.getOwnPropertySymbols(Object(value))).toEqual([]);
    expect(printExact(value)).toBe(text);
  });

  test('are printed as by JSON.stringify', () => {
    const value = {at: new Date(0), none: undefined, toJSON: undefined, list: [undefined, () => 1]};
    expect(printExact(value)).toBe(JSON.stringify(value));
    expect(printExact(undefined)).toBe(undefined);
  });
});
