import {expect, test} from '@jest/globals';
import {parseAsWritten} from './as-written.ts';

test.each([
  ['an integer beyond 2^53', '{"id":9007199254740993}'],
  ['a negative integer beyond 2^53', '{"id":-9007199254740993}'],
  ['a number of thirty digits', '[123456789012345678901234567890]'],
  ['a long decimal', '{"price":1.10000000000000000001}'],
  ['a decimal that ends in zeros', '{"price":1.50,"rate":7.0}'],
  ['an exponent', '{"big":1e5,"small":2.5E-7,"huge":1e400}'],
  ['a negative zero', '{"zero":-0}'],
  ['numbers deep inside', '{"a":{"b":[1,{"c":[9007199254740993]}]}}'],
  ['a long digit string', '{"text":"123456789012345678901234567890"}'],
  ['a string that looks like JSON', '{"text":"[9007199254740993, 1.50, -0]"}'],
  ['a field called __proto__', '{"__proto__":9007199254740993}'],
])('%s is printed as it was written', (_, text) => {
  expect(JSON.stringify(parseAsWritten(text))).toBe(text);
});

test('numbers that JavaScript can hold are numbers', () => {
  expect(parseAsWritten('{"id":9007199254740991,"at":1795326734238,"price":0.1,"n":-3}')).toEqual({
    id: 9007199254740991,
    at: 1795326734238,
    price: 0.1,
    n: -3,
  });
});

test('spaces between the tokens do not hide a number', () => {
  expect(
    JSON.stringify(parseAsWritten('{ "id" :  9007199254740993 , "list" : [ 1, 2.50 ] }')),
  ).toBe('{"id":9007199254740993,"list":[1,2.50]}');
});
