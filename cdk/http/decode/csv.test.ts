import {describe, expect, test} from '@jest/globals';
import {decoded, streamed} from '../../../test/http/decoding.ts';
import {csv} from './csv.ts';

/** Decodes and streams the body; both must agree. */
const both = async (decoder: ReturnType<typeof csv>, body: string | Buffer): Promise<unknown> => {
  const result = await decoded(decoder, body);
  for (const size of [1, 2, 3]) expect(await streamed(decoder, body, {size})).toEqual(result);
  return result;
};

describe('CSV', () => {
  test.each([
    [
      'plain rows',
      {},
      'id,name\n1,a\n2,b\n',
      [
        {id: '1', name: 'a'},
        {id: '2', name: 'b'},
      ],
    ],
    ['no newline at the end', {}, 'id,name\r\n1,a', [{id: '1', name: 'a'}]],
    ['a byte order mark', {}, '\uFEFFid,name\n1,é😀\n', [{id: '1', name: 'é😀'}]],
    [
      'quotes, commas and lines in fields',
      {},
      'id,"na,me"\n1,"a ""b""\nc"\n',
      [{id: '1', 'na,me': 'a "b"\nc'}],
    ],
    ['empty fields', {}, 'id,name,more\n1,,""\n', [{id: '1', name: '', more: ''}]],
    [
      'values that look like something else',
      {},
      'a,b,c\n007,true,1e3\n',
      [{a: '007', b: 'true', c: '1e3'}],
    ],
    ['blank lines', {}, 'id,name\n\n1,a\n\n\n', [{id: '1', name: 'a'}]],
    ['an empty value in the only column', {}, 'id\n1\n\n2\n', [{id: '1'}, {id: ''}, {id: '2'}]],
    ['a header only', {}, 'id,name\n', []],
    ['nothing', {}, '', []],
    ['another delimiter', {delimiter: ';'}, 'id;name\n1;a,b\n', [{id: '1', name: 'a,b'}]],
    ['no header', {columns: ['id', 'name']}, '1,a\n', [{id: '1', name: 'a'}]],
    [
      'quotes that are part of a value',
      {quote: false as const},
      'id,name\n1,5" pipe\n',
      [{id: '1', name: '5" pipe'}],
    ],
    ['comments', {comment: '#'}, '# made today\nid,name\n1,a#b\n', [{id: '1', name: 'a#b'}]],
    ['the column name __proto__', {}, '__proto__,id\nx,1\n', [{['__proto__']: 'x', id: '1'}]],
  ])('with %s becomes records with string values', async (_what, options, body, expected) => {
    expect(await both(csv(options), body)).toEqual(expected);
  });

  const LINE_ENDS = ['\n', '\r\n', '\r', '\r\r\n', '\n\r'];
  const mixes = LINE_ENDS.flatMap((header) =>
    LINE_ENDS.flatMap((row) => LINE_ENDS.map((last) => [header, row, last] as const)),
  );
  const shown = (value: unknown): string => JSON.stringify(value);

  test('with any mix of line ends has the values between them', async () => {
    const faults: string[] = [];
    for (const [header, row, last] of mixes) {
      const two = `id,name${header}1,a${row}2,"b\r\n\rc"${row}3,${last}4,d${last}`;
      const one = `id${header}1${row}"2"${last}3`;
      const results = [await both(csv(), two), await both(csv(), one)];
      const expected = [
        [
          {id: '1', name: 'a'},
          {id: '2', name: 'b\r\n\rc'},
          {id: '3', name: ''},
          {id: '4', name: 'd'},
        ],
        [{id: '1'}, {id: '2'}, {id: '3'}],
      ];
      if (shown(results) !== shown(expected)) {
        faults.push(`${shown([header, row, last])}: ${shown(results)}`);
      }
    }
    expect(faults).toEqual([]);
  });

  test('in another encoding is read if `encoding` names it', async () => {
    const body = Buffer.from('id,name\n1,Müller \x80\n', 'latin1');
    expect(await both(csv({encoding: 'windows-1252'}), body)).toEqual([
      {id: '1', name: 'Müller €'},
    ]);
    expect(await both(csv(), body)).toBe(
      'SystemError: GET x answered with bytes that are not utf-8. Set `encoding` to what the API sends, such as windows-1252.',
    );
    expect(
      await both(csv({encoding: 'utf-16le'}), Buffer.from('\uFEFFid\n1\n', 'utf16le')),
    ).toEqual([{id: '1'}]);
  });

  test.each([
    [
      'too many fields',
      'id,name\n1,a\n2,b,c\n',
      "GET x: line 3 of the CSV has 3 fields, but there are 2 columns (id, name). Check `delimiter` and `quote`; else report this to the API's owner.",
    ],
    [
      'too few fields',
      'id,name\n"1\n2",a\n2\n',
      "GET x: line 4 of the CSV has 1 fields, but there are 2 columns (id, name). Check `delimiter` and `quote`; else report this to the API's owner.",
    ],
    [
      'a duplicate column name',
      'id,name,id\n1,a,2\n',
      'GET x: the header of the CSV has "id" twice (id, name, id), and a record can\'t hold both. If there is no header, set `columns` to the names.',
    ],
    [
      'a column without a name',
      'id,,name\n1,a,2\n',
      'GET x: column 2 of the CSV has no name in the header (id, , name). If there is no header, set `columns` to the names; else check `delimiter`.',
    ],
    [
      'a quote that is never closed',
      'id,name\n1,"a\n2,b\n',
      "GET x answered with CSV that ends in the middle (a quoted field does not end). The server sent it as complete: report this to the API's owner.",
    ],
  ])('with %s fails with the position', async (_what, body, message) => {
    expect(await both(csv(), body)).toBe(`SystemError: ${message}`);
  });

  const OPENING = 'Invalid Opening Quote: a quote is found on field 1 at line 2, value is';
  const closing = (sign: string): string =>
    `Invalid Closing Quote: got "${sign}" at line 2 instead of delimiter, record delimiter, trimable character (if activated) or comment`;

  test.each([
    ['a quote inside an unquoted field', '1,5" pipe', `${OPENING} "5"`],
    ['a pair of quotes inside an unquoted field', '1,a "b" c', `${OPENING} "a "`],
    ['a quote at the end of an unquoted field', '1,5"', `${OPENING} "5"`],
    ['a space before a quoted field', '1, "a"', `${OPENING} " "`],
    [
      'a long unquoted field',
      `1,${'a'.repeat(400)}"`,
      `${OPENING} "${'a'.repeat(298 - OPENING.length)}…`,
    ],
    ['text after a quoted field', '1,"a"b', closing('b')],
    ['a space after a quoted field', '1,"a" ', closing(' ')],
    ['quotes that are escaped with a backslash', '1,"a \\"b\\" c"', closing('b')],
  ])('with %s fails with the line', async (_what, row, reason) => {
    expect(await both(csv(), `id,name\n${row}\n`)).toBe(
      `SystemError: GET x answered with malformed CSV: ${reason}. Check \`delimiter\`; if quotes are part of the values, set \`quote: false\`; else report this to the API's owner.`,
    );
  });

  test('with an open quote around all rows fails at the limit, before it fills the memory', async () => {
    const body = `id,name\n1,"${'a\n'.repeat(500)}`;
    expect(await streamed(csv(), body, {limit: 100})).toBe(
      'SystemError: GET x: a row of the CSV is longer than 100 bytes, so a quote may not be closed. Check `quote`, or raise `maxBodyBytes`.',
    );
  });

  test('in an unknown encoding fails', async () => {
    expect(await both(csv({encoding: 'ebcdic'}), 'id\n')).toMatch(
      /^SystemError: GET x: "ebcdic" is not the name of an encoding/,
    );
  });
});
