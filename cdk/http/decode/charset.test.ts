import {describe, expect, test} from '@jest/globals';
import {decoded, streamed} from '../../../test/http/decoding.ts';
import {csv} from './csv.ts';
import {json} from './json.ts';
import {jsonLines} from './json-lines.ts';
import {xml} from './xml.ts';

const utf16be = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();

const utf32 = (text: string, isLittleEndian: boolean): Buffer =>
  Buffer.concat(
    [...text].map((sign) => {
      const bytes = Buffer.alloc(4);
      const code = sign.codePointAt(0) ?? 0;
      if (isLittleEndian) bytes.writeUInt32LE(code);
      else bytes.writeUInt32BE(code);
      return bytes;
    }),
  );

const single = (codes: ReadonlyMap<string, number>, text: string): Buffer =>
  Buffer.concat([...text].map((sign) => Buffer.from([codes.get(sign) ?? sign.charCodeAt(0)])));

const latin = (text: string): Buffer => single(new Map([['€', 0x80]]), text);
const shiftJis = (text: string): Buffer => Buffer.from(text.replaceAll('ソ', '\x83\x5c'), 'latin1');
const utf8 = (text: string): Buffer => Buffer.from(text);

const formats = [
  ['JSON', json, (text: string) => `[{"a":"${text}"}]`],
  ['JSON Lines', jsonLines, (text: string) => `{"a":"${text}"}\n{"a":"${text}"}`],
  ['CSV', csv, (text: string) => `a\n${text}\n`],
] as const;

const encodings: readonly (readonly [string, string, string, (text: string) => Buffer])[] = [
  ['UTF-8 without a declaration', 'application/json', 'ä€😀', utf8],
  ['UTF-8 with a mark', 'application/json', 'ä€😀', (text) => utf8(`\uFEFF${text}`)],
  [
    'UTF-8 with a mark, declared as another',
    'a/b; charset=utf-16',
    'ä€',
    (text) => utf8(`\uFEFF${text}`),
  ],
  ['declared UTF-8', 'application/json;charset="UTF-8"', 'ä€😀', utf8],
  ['UTF-8 declared as utf8', 'application/json; charset=utf8', 'ä€', utf8],
  ['UTF-8 declared as ASCII', 'application/json; charset=us-ascii', 'ä€', utf8],
  ['UTF-8 declared as nothing known', 'application/json; charset=utf8mb4', 'ä€', utf8],
  ['ISO-8859-1', 'application/json; charset=ISO-8859-1', 'äöü', latin],
  [
    'ISO-8859-1 in lower case and quotes',
    "text/csv;header=present; charset='iso-8859-1'",
    'ä',
    latin,
  ],
  ['ISO-8859-1 with only ASCII', 'application/json; charset=ISO-8859-1', 'abc', latin],
  ['windows-1252', 'text/plain; Charset=windows-1252', 'ä€', latin],
  ['Shift_JIS with a backslash in a sign', 'application/json; charset=Shift_JIS', 'ソ', shiftJis],
  [
    'UTF-16LE with a mark',
    'application/json',
    'ä€😀',
    (text) => Buffer.from(`\uFEFF${text}`, 'utf16le'),
  ],
  ['UTF-16BE with a mark', 'application/json', 'ä€😀', (text) => utf16be(`\uFEFF${text}`)],
  [
    'UTF-16BE with a mark, declared as UTF-8',
    'a/b; charset=utf-8',
    'ä',
    (text) => utf16be(`\uFEFF${text}`),
  ],
  ['UTF-16LE without a mark', 'application/json', 'ä€😀', (text) => Buffer.from(text, 'utf16le')],
  ['UTF-16BE without a mark', 'a/b; charset=utf-16', 'ä€😀', utf16be],
  ['UTF-32LE with a mark', 'application/json', 'ä€😀', (text) => utf32(`\uFEFF${text}`, true)],
  ['UTF-32BE with a mark', 'application/json', 'ä€😀', (text) => utf32(`\uFEFF${text}`, false)],
  ['UTF-32LE without a mark', 'application/json', 'ä😀', (text) => utf32(text, true)],
  ['UTF-32BE without a mark', 'a/b; charset=utf-32', 'ä😀', (text) => utf32(text, false)],
];

describe.each(formats)('%s', (_format, decoder, documentWith) => {
  test.each(encodings)('in %s is read', async (_what, contentType, text, encode) => {
    const body = encode(documentWith(text));
    const records = await decoded(decoder(), body, contentType);
    expect(records).toEqual(Array.isArray(records) && records.map(() => ({a: text})));
    for (const size of [1, 2, 3, 5_000]) {
      expect(await streamed(decoder(), body, {contentType, size})).toEqual(records);
    }
  });

  test.each([
    ['without a declaration', 'application/json', 'utf-8'],
    ['declared as UTF-8', 'application/json; charset=utf-8', 'utf-8'],
    ['declared as nothing known', 'application/json; charset=none', 'utf-8'],
    ['declared as another', 'application/json; charset=euc-jp', 'euc-jp'],
  ])('in ISO-8859-1 %s is an error', async (_what, contentType, name) => {
    const body = latin(documentWith('ä'));
    const message = `SystemError: GET x answered with bytes that are not ${name}. Set \`encoding\` to what the API sends, such as windows-1252.`;
    expect(await decoded(decoder(), body, contentType)).toBe(message);
    expect(await streamed(decoder(), body, {contentType})).toBe(message);
    const set = decoder({encoding: 'iso-8859-1'});
    expect(await decoded(set, body, contentType)).toContainEqual({a: 'ä'});
    expect(await streamed(set, body, {contentType})).toContainEqual({a: 'ä'});
  });

  test('in UTF-8 that is declared as ISO-8859-1 is an error, until `encoding` says which one is right', async () => {
    const body = utf8(documentWith('ä'));
    const contentType = 'application/json; charset=iso-8859-1';
    const message =
      "SystemError: GET x answered with bytes that are declared as iso-8859-1, but look like UTF-8. Set `encoding` of the decoder to what the API sends: 'utf-8' or 'iso-8859-1'.";
    expect(await decoded(decoder(), body, contentType)).toBe(message);
    expect(await streamed(decoder(), body, {contentType})).toBe(message);
    expect(await decoded(decoder({encoding: 'utf-8'}), body, contentType)).toContainEqual({a: 'ä'});
    expect(await decoded(decoder({encoding: 'latin1'}), body, contentType)).toContainEqual({
      a: 'Ã¤',
    });
  });
});

test('JSON that is cut off inside a sign is truncated', async () => {
  const body = utf8('[{"a":"ä');
  expect(await decoded(json(), body.subarray(0, -1))).toMatch(/ends in the middle/);
  expect(await streamed(json(), body.subarray(0, -1))).toMatch(/ends in the middle/);
  expect(await decoded(jsonLines(), utf8('{"a":"ä').subarray(0, -1))).toMatch(/ends in the middle/);
});

test('JSON whose keys or values off the path are not UTF-8 is an error', async () => {
  const body = latin('{"ä":1,"items":[{"a":1}]}');
  expect(await decoded(json(), body)).toMatch(/bytes that are not utf-8/);
});

describe('XML', () => {
  const xmlIn = (name: string): string => `<?xml version="1.0" encoding="${name}"?><a>ä</a>`;

  test.each([
    ['the header', 'text/xml; charset=ISO-8859-1', latin('<a>ä</a>')],
    [
      'the declaration, if the header says UTF-8',
      'text/xml; charset=utf-8',
      latin(xmlIn('ISO-8859-1')),
    ],
    [
      'the header, if the declaration says UTF-8',
      'text/xml; charset=ISO-8859-1',
      latin(xmlIn('UTF-8')),
    ],
    [
      'UTF-8, if the header says so and the bytes are',
      'text/xml; charset=utf-8',
      utf8(xmlIn('ISO-8859-1')),
    ],
    [
      'UTF-8, if the declaration says so and the bytes are',
      'text/xml; charset=ISO-8859-1',
      utf8(xmlIn('UTF-8')),
    ],
    ['the mark', 'text/xml; charset=ISO-8859-1', utf16be('\uFEFF<a>ä</a>')],
    ['the width of its signs', 'text/xml', utf16be('<a>ä</a>')],
    ['UTF-32', 'text/xml', utf32('\uFEFF<a>ä</a>', true)],
  ])('is read in the encoding of %s', async (_what, contentType, body) => {
    expect(await decoded(xml(), body, contentType)).toEqual({a: 'ä'});
  });

  test.each([
    ['without a declaration', 'text/xml', latin('<a>ä</a>'), /bytes that are not utf-8/],
    [
      'in UTF-8 that is declared as another',
      'text/xml',
      utf8(xmlIn('ISO-8859-1')),
      /declared as iso-8859-1, but look like UTF-8/,
    ],
  ])('%s is an error', async (_what, contentType, body, message) => {
    expect(await decoded(xml(), body, contentType)).toMatch(message);
  });
});
