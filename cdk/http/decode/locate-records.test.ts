// Located records are written without parsing: `JSON.parse` must accept them too, and read the same values.
import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {fuzz, inThisRun, printCases} from '../../../test/cases.ts';
import {locateRecords} from './locate-records.ts';

const stringsIn = (body: Buffer, path?: string): readonly string[] | undefined => {
  const {bounds} = locateRecords(body, path) ?? {};
  return bounds?.flatMap((start, index) =>
    index % 2 === 0 ? [body.toString('utf8', start, bounds[index + 1])] : [],
  );
};

/** Too deep for a recursive function. */
const DEEP = `{"a":${'[{"b":'.repeat(20_000)}0${'}]'.repeat(20_000)}}`;

describe('the located records', () => {
  test.each<[string, string | undefined, readonly string[]]>([
    ['[{"id":1},{"id":2}]', undefined, ['{"id":1}', '{"id":2}']],
    ['\r\n[ {"id" : 1.0} ,\t{"id":2}\n]\n', undefined, ['{"id" : 1.0}', '{"id":2}']],
    ['{"data":[{"a":"]}\\""}],"more":{"data":[1]}}', 'data', ['{"a":"]}\\""}']],
    ['{"a":{"b":{"c":[{"x":[{}]}]}}}', 'a.b.c', ['{"x":[{}]}']],
    ['{"a.b":[{"x":"größer 😀"}]}', 'a.b', ['{"x":"größer 😀"}']],
    [
      '{"a":{"x":1},"b":[{"i":9007199254740993,"d":1e400}]}',
      'b',
      ['{"i":9007199254740993,"d":1e400}'],
    ],
    [`[${DEEP}]`, undefined, [DEEP]],
  ])('of %.60s at %s are the bytes of its elements', (body, path, records) => {
    expect(stringsIn(Buffer.from(body), path)).toEqual(records);
  });

  test.each<[string, string, string | undefined]>([
    ['a byte order mark', '\uFEFF[{"id":1}]', undefined],
    ['an empty list', '[]', undefined],
    ['an empty object', '[{"id":1},{ }]', undefined],
    ['an element that is not an object', '[{"id":1},2]', undefined],
    ['a list elsewhere', '{"items":[{"id":1}]}', 'data'],
    ['an object instead of the list', '{"data":{"id":1}}', 'data'],
    ['a path through a list', '{"data":[[{"id":1}]]}', 'data.0'],
    ['a path with a star', '{"data":{"a":[{"id":1}]}}', 'data.*'],
    ['a duplicate key on the path', '{"data":[{"id":1}],"data":[{"id":2}]}', 'data'],
    ['a key with an escape on the path', '{"d\\u0061ta":[{"id":1}]}', 'data'],
    ['a Unicode line separator', '[{"id":"\u2028"}]', undefined],
    ['something after the document', '[{"id":1}]]', undefined],
    ['mismatched brackets deep inside', DEEP.replace('}]', ']}'), undefined],
    ['a document that ends early', '{"data":[{"id":1}]', 'data'],
    ['a newline inside a string', '[{"id":"\n"}]', undefined],
    ['an invalid escape', '[{"id":"\\x"}]', undefined],
    ['an escape with too few hex digits', '[{"id":"\\u12g4"}]', undefined],
    ['a leading zero', '[{"id":01}]', undefined],
    ['a number without digits', '[{"id":-}]', undefined],
    ['a fraction without digits', '[{"id":1.}]', undefined],
    ['an exponent without digits', '[{"id":1e+}]', undefined],
    ['an incomplete literal', '[{"id":nul}]', undefined],
    ['a literal followed by a letter', '[{"id":nulls}]', undefined],
    ['a comma after the last field', '[{"id":1,}]', undefined],
    ['a comma after the last element', '[{"id":1},]', undefined],
    ['a missing colon', '[{"id" 1}]', undefined],
    ['a key that is not a string', '[{id:1}]', undefined],
    ['a wrong bracket', '[{"id":[1}]]', undefined],
  ])('are left to the parser with %s', (_what, body, path) => {
    expect(locateRecords(Buffer.from(body), path)).toBe(undefined);
  });

  test('are left to the parser if the bytes are not UTF-8', () => {
    expect(locateRecords(Buffer.from('[{"id":"\xff"}]', 'latin1'), undefined)).toBe(undefined);
  });
});

describe('compared with the parser', () => {
  const cut = fc.tuple(
    fc.json({maxDepth: 4}),
    fc.json({maxDepth: 3}),
    fc.nat(),
    fc.nat(),
    fc.nat(255),
  );

  test('located records are valid JSON with the same values', () => {
    let made = 0;
    let taken = 0;
    fc.assert(
      fc.property(cut, ([one, other, at, kind, byte]) => {
        made += 1;
        const body = Buffer.from(`{"x":${other}, "data":[{"a":${one}},\n{"b":${other},"a":0}]}`);
        if (kind % 4 > 0) body[at % body.length] = kind % 4 === 1 ? byte : 0x22 + (byte % 3) * 0x3a;
        const tested = kind % 4 === 3 ? body.subarray(0, at % body.length) : body;
        const strings = stringsIn(tested, 'data');
        if (strings === undefined) return;
        taken += 1;
        const {data} = JSON.parse(tested.toString('utf8'));
        expect(strings.map((text) => JSON.parse(text))).toEqual(data);
      }),
      fuzz({quick: 1_000, full: 5_000}),
    );
    printCases(made);
    expect(taken).toBeGreaterThan(inThisRun({quick: 150, full: 1_000}));
  });
});
