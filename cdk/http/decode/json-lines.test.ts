import {describe, expect, test} from '@jest/globals';
import {decoded, streamed} from '../../../test/http/decoding.ts';
import {jsonLines} from './json-lines.ts';

/** Decodes and streams the body; both must agree. */
const both = async (body: string): Promise<unknown> => {
  const result = await decoded(jsonLines(), body);
  expect(await streamed(jsonLines(), body)).toEqual(result);
  return result;
};

describe('JSON Lines', () => {
  test.each([
    ['one record per line', '{"id":1}\n{"id":2}\n', [{id: 1}, {id: 2}]],
    ['no newline at the end', '{"id":1}\n{"id":2}', [{id: 1}, {id: 2}]],
    [
      'a byte order mark, blank lines and carriage returns',
      '\uFEFF{"id":1}\r\n\r\n \n{"id":"é😀"}\r\n',
      [{id: 1}, {id: 'é😀'}],
    ],
    ['nothing', '', []],
  ])('with %s become a list of records', async (_what, body, expected) => {
    expect(await both(body)).toEqual(expected);
  });

  test.each([
    [
      'that is not JSON',
      '{"id":1}\n\n{"id":}\n{"id":3}\n',
      /^SystemError: GET x: line 3 is not JSON: Unexpected token .*\. Check that the body is JSON Lines, one object per line\.$/,
    ],
    [
      'that is not an object',
      '{"id":1}\n[2]\n',
      /^SystemError: GET x: line 2 should be an object, but is an array\. To make records of such lines, set `jsonLines\({columns: \[.id., …\]}\)`\.$/,
    ],
    [
      'that was truncated',
      '{"id":1}\n{"id"',
      /^SystemError: GET x answered with JSON that ends in the middle \(in line 2\)\. The server sent it as complete: report this to the API's owner\.$/,
    ],
  ])('with a line %s fail with its number', async (_what, body, message) => {
    expect(await both(body)).toMatch(message);
  });

  test('with a line over the limit fail before it fills the memory', async () => {
    expect(await streamed(jsonLines(), `{"a":"${'x'.repeat(100)}`, {limit: 50})).toBe(
      'SystemError: GET x answered with a line of more than 50 bytes, which is over the memory limit. ' +
        'Check that the body is JSON Lines, one object per line, or raise `maxBodyBytes`.',
    );
  });
});
