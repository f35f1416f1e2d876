import {describe, expect, test} from '@jest/globals';
import {failureOf} from '../../../test/failure-of.ts';
import {assertFits} from './memory.ts';

const MIB = 1024 ** 2;

/** The body repeats a part. The process may use 100 MiB, of which 70 are for the body. */
const verdictOn = async (part: string, mebibytes: number): Promise<string> => {
  const body = Buffer.alloc(mebibytes * MIB, part);
  try {
    assertFits(body, 'GET x', part.startsWith('<') ? 'XML' : 'other', 100 * MIB);
    return 'fits';
  } catch (error) {
    return String(error);
  }
};

describe('a body', () => {
  test.each([
    ['records', '{"id":12345,"name":"some name","active":true},', 6],
    ['records on lines', '{\n  "id": 12345,\n  "name": "some name"\n},\n', 2],
    ['long strings', `"${'x'.repeat(1_000)}",`, 16],
    ['CSV', '12345,some name,true\n', 3],
    ['XML', '<r><id>12345</id><name>some name</name></r>', 1],
    ['XML of long strings', `<r>${'x'.repeat(1_000)}</r>`, 7],
  ])('of %s fits', async (_kind, part, mebibytes) => {
    expect(await verdictOn(part, mebibytes)).toBe('fits');
  });

  test.each([
    ['empty objects', '{},', 2],
    ['empty lists', '[],', 2],
    ['nested lists', '[', 1],
    ['numbers', '1,', 5],
    ['empty tags', '<a/>', 2],
    ['attributes', '<r a="1" b="2"/>', 2],
    ['lines', '1\n', 1],
    ['long strings', `"${'x'.repeat(1_000)}",`, 20],
  ])('of %s may not fit', async (_kind, part, mebibytes) => {
    expect(await verdictOn(part, mebibytes)).toMatch(
      new RegExp(
        `^SystemError: GET x answered with ${mebibytes} MiB, which take about \\d+ MiB of memory when they are read, but 70 MiB may be used\\. Request smaller parts, or use \`http\\.download\` with a format other than XML; or give it more memory: NODE_OPTIONS=--max-old-space-size=\\d+\\.$`,
      ),
    );
  });

  test('that is longer than any string is an error, however much memory there is', async () => {
    const body = {length: 2 ** 29} as Buffer;
    expect(
      await failureOf(() => assertFits(body, 'GET x', 'other', Number.POSITIVE_INFINITY)),
    ).toBe(
      'SystemError: GET x answered with 512 MiB, and no string may be that long. Request smaller parts, or use `http.download` with a format other than XML.',
    );
  });
});
