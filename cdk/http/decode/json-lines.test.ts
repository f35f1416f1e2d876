import {describe, expect, test} from '@jest/globals';
import {decoded, streamed} from '../../../test/http/decoding.ts';
import {jsonLines} from './json-lines.ts';

/** Both ways to read must agree. */
const both = async (body: string): Promise<unknown> => {
  const whole = await decoded(jsonLines(), body);
  expect(await streamed(jsonLines(), body)).toEqual(whole);
  return whole;
};

describe('JSON Lines', () => {
  test.each([
    ['a line each', '{"id":1}\n{"id":2}\n', [{id: 1}, {id: 2}]],
    ['no newline at the end', '{"id":1}\n{"id":2}', [{id: 1}, {id: 2}]],
    [
      'a byte order mark, blank lines and carriage returns',
      '\uFEFF{"id":1}\r\n\r\n \n{"id":"é😀"}\r\n',
      [{id: 1}, {id: 'é😀'}],
    ],
    ['nothing', '', []],
  ])('with %s are a list of records', async (_what, body, expected) => {
    expect(await both(body)).toEqual(expected);
  });

  test.each([
    [
      'that is not JSON',
      '{"id":1}\n\n{"id":}\n{"id":3}\n',
      /^SystemError: GET x: line 3 is not JSON: Unexpected token .*\. Is it JSON Lines, one object on each line\?$/,
    ],
    [
      'that is no object',
      '{"id":1}\n[2]\n',
      /^SystemError: GET x: line 2 should be an object, but is an array\.$/,
    ],
    [
      'that was cut',
      '{"id":1}\n{"id"',
      /^SystemError: GET x answered with JSON that ends in the middle \(in line 2\)\. The server gave it for whole: report this to the API's owner\.$/,
    ],
  ])('with a line %s are an error with its number', async (_what, body, told) => {
    expect(await both(body)).toMatch(told);
  });

  test('with a line larger than the limit are an error before it fills the memory', async () => {
    expect(await streamed(jsonLines(), `{"a":"${'x'.repeat(100)}`, {limit: 50})).toBe(
      'SystemError: GET x answered with a line of more than 50 bytes, which is more than is held in memory. ' +
        'Is it JSON Lines, one object on each line? Else raise `maxBodyBytes`.',
    );
  });
});
