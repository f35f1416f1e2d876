// What may go out unparsed. Whatever `JSON.parse` refuses must not, and whatever it takes must mean the same.
import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {fuzz, inThisRun, printCases} from '../../../test/cases.ts';
import {locateRecords} from './locate-records.ts';

const textsIn = (body: Buffer, path?: string): readonly string[] | undefined => {
  const {bounds} = locateRecords(body, path) ?? {};
  return bounds?.flatMap((start, index) =>
    index % 2 === 0 ? [body.toString('utf8', start, bounds[index + 1])] : [],
  );
};

/** More than a function that calls itself could follow. */
const DEEP = `{"a":${'[{"b":'.repeat(20_000)}0${'}]'.repeat(20_000)}}`;

describe('the records that are found', () => {
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
  ])('of %.60s at %s are its bytes', (body, path, records) => {
    expect(textsIn(Buffer.from(body), path)).toEqual(records);
  });

  test.each<[string, string, string | undefined]>([
    ['a byte order mark', '\uFEFF[{"id":1}]', undefined],
    ['an empty list', '[]', undefined],
    ['an empty object', '[{"id":1},{ }]', undefined],
    ['an element that is no object', '[{"id":1},2]', undefined],
    ['a list elsewhere', '{"items":[{"id":1}]}', 'data'],
    ['an object in the place of the list', '{"data":{"id":1}}', 'data'],
    ['a path through a list', '{"data":[[{"id":1}]]}', 'data.0'],
    ['a path with a star', '{"data":{"a":[{"id":1}]}}', 'data.*'],
    ['a path that is there twice', '{"data":[{"id":1}],"data":[{"id":2}]}', 'data'],
    ['a key with an escape on the path', '{"d\\u0061ta":[{"id":1}]}', 'data'],
    ['a line break of other languages', '[{"id":"\u2028"}]', undefined],
    ['something behind the document', '[{"id":1}]]', undefined],
    ['brackets that close another one, deep inside', DEEP.replace('}]', ']}'), undefined],
    ['a document that ends early', '{"data":[{"id":1}]', 'data'],
    ['a newline inside of a text', '[{"id":"\n"}]', undefined],
    ['an escape that is none', '[{"id":"\\x"}]', undefined],
    ['a code of three digits', '[{"id":"\\u12g4"}]', undefined],
    ['a zero in front', '[{"id":01}]', undefined],
    ['a number without digits', '[{"id":-}]', undefined],
    ['a fraction without digits', '[{"id":1.}]', undefined],
    ['an exponent without digits', '[{"id":1e+}]', undefined],
    ['a word that is none', '[{"id":nul}]', undefined],
    ['a word that goes on', '[{"id":nulls}]', undefined],
    ['a comma too many', '[{"id":1,}]', undefined],
    ['a comma behind the last', '[{"id":1},]', undefined],
    ['a missing colon', '[{"id" 1}]', undefined],
    ['a key that is no text', '[{id:1}]', undefined],
    ['a wrong bracket', '[{"id":[1}]]', undefined],
  ])('are left to the parser with %s', (_what, body, path) => {
    expect(locateRecords(Buffer.from(body), path)).toBe(undefined);
  });

  test('are left to the parser in bytes that are no UTF-8', () => {
    expect(locateRecords(Buffer.from('[{"id":"\xff"}]', 'latin1'), undefined)).toBe(undefined);
  });
});

describe('against the parser', () => {
  const cut = fc.tuple(
    fc.json({maxDepth: 4}),
    fc.json({maxDepth: 3}),
    fc.nat(),
    fc.nat(),
    fc.nat(255),
  );

  test('nothing is taken that it refuses, and what is taken means the same', () => {
    let made = 0;
    let taken = 0;
    fc.assert(
      fc.property(cut, ([one, other, at, kind, byte]) => {
        made += 1;
        const body = Buffer.from(`{"x":${other}, "data":[{"a":${one}},\n{"b":${other},"a":0}]}`);
        if (kind % 4 > 0) body[at % body.length] = kind % 4 === 1 ? byte : 0x22 + (byte % 3) * 0x3a;
        const tested = kind % 4 === 3 ? body.subarray(0, at % body.length) : body;
        const texts = textsIn(tested, 'data');
        if (texts === undefined) return;
        taken += 1;
        const {data} = JSON.parse(tested.toString('utf8'));
        expect(texts.map((text) => JSON.parse(text))).toEqual(data);
      }),
      fuzz({quick: 1_000, full: 5_000}),
    );
    printCases(made);
    expect(taken).toBeGreaterThan(inThisRun({quick: 150, full: 1_000}));
  });
});
