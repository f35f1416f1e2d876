import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {failureOf} from '../../../test/failure-of.ts';
import {streamed} from '../../../test/http/decoding.ts';
import {isObject} from '../../json/values.ts';
import {json} from './json.ts';
import {jsonSplitter} from './json-splitter.ts';
import {assertRecords, recordsAtPath} from './records-in-document.ts';

/** Splits the chunks of a document, and parses each element. */
const split = (chunks: readonly Buffer[], records?: string, limit = 1e6): readonly unknown[] => {
  const found: unknown[] = [];
  const {push, end} = jsonSplitter({records, where: 'GET x', limit}, (bytes, from, to) => {
    found.push(JSON.parse(bytes.toString('utf8', from, to)));
  });
  for (const chunk of chunks) push(chunk);
  end();
  return found;
};

/** Cuts a string at these positions, which may be inside a character. */
const cutAt = (text: string | Buffer, cuts: readonly number[]): readonly Buffer[] => {
  const body = Buffer.from(text);
  const positions = [...new Set(cuts.map((cut) => cut % (body.length + 1)))].sort((a, b) => a - b);
  return [0, ...positions].map((from, index) =>
    body.subarray(from, positions[index] ?? body.length),
  );
};

const splitText = (text: string, records?: string) => split([Buffer.from(text)], records);

/** The records that JSON.parse and the paginator's path find. */
const parsed = (text: string, path?: string): readonly unknown[] => {
  const document: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
  const found = path === undefined ? document : recordsAtPath(document, path);
  return assertRecords({where: 'GET x', path, found, document});
};

const outcomeOf = (action: () => unknown): unknown => {
  try {
    return action();
  } catch {
    return 'refused';
  }
};

/** A missing list may be an empty one, unless the body reports an error. */
const hintFor = (message: string): string =>
  message.includes('but is undefined.') && !message.includes('It reports an error')
    ? " If a missing list is an empty one, set `withoutRecords: 'empty'`."
    : '';

const ADVICE: Readonly<Record<string, string>> = {
  '{"items":{}}': " If its values are the records, set it to 'items.*'.",
  '{"items":[{},7]}':
    " If its values are to become records, name them: `records: {path: 'items', wrap: 'value'}`.",
};

describe('random documents', () => {
  const spaces = fc.string({unit: fc.constantFrom(' ', '\t', '\n', '\r'), maxLength: 2});

  /** Strings in any notation, escapes and surrogates included. */
  const text = fc
    .array(
      fc.oneof(
        fc.string({unit: 'binary', maxLength: 4}).map((some) => JSON.stringify(some).slice(1, -1)),
        fc.constantFrom(
          '\\"',
          '\\\\',
          '\\/',
          '\\u0041',
          '\\ud83d\\ude00',
          '{',
          ']',
          ',',
          ':',
          'é😀',
        ),
      ),
      {maxLength: 4},
    )
    .map((parts) => `"${parts.join('')}"`);
  const scalar = fc.oneof(
    fc.constantFrom('null', 'true', 'false', '0', '-0.5e-7', '12345678901234567890', '1E+2'),
    text,
  );
  // No integer keys: JavaScript moves them to the front of an object, so the records of a wildcard get another order.
  const key = fc.oneof(
    fc.constantFrom('"a"', '"b"', '"items"', '"\\u0069tems"', '"a.b"', '""'),
    text.filter((name) => !/^\d+$/.test(JSON.parse(name))),
  );
  type Spaced = readonly (readonly [string, string, string])[];
  const listOf = (values: Spaced): string =>
    `[${values.map(([before, value, after]) => before + value + after).join(',')}]`;

  const {value, object} = fc.letrec<{value: string; object: string; list: string}>((tie) => ({
    value: fc.oneof({maxDepth: 4}, scalar, tie('object'), tie('list')),
    // No duplicate keys: on the path the last one counts, but a stream has already passed on the first.
    object: fc
      .uniqueArray(fc.tuple(spaces, key, spaces, tie('value'), spaces), {
        maxLength: 4,
        selector: ([, name]) => JSON.parse(name),
      })
      .map(
        (fields) =>
          `{${fields.map(([one, name, two, held, three]) => `${one}${name}${two}:${two}${held}${three}`).join(',')}}`,
      ),
    list: fc.array(fc.tuple(spaces, tie('value'), spaces), {maxLength: 4}).map(listOf),
  }));
  const records = fc.array(fc.tuple(spaces, object, spaces), {maxLength: 5}).map(listOf);
  const document = fc.oneof(
    value,
    records,
    fc
      .tuple(spaces, records, spaces, value)
      .map(
        ([one, list, two, other]) =>
          `${one}{"b":${other},${two}"a" :${one}{"items":${list}}}${two}`,
      ),
    fc
      .array(
        fc.tuple(
          spaces,
          records.map((list) => `{"items":${list}}`),
          spaces,
        ),
      )
      .map((groups) => `{"a":${listOf(groups)}}`),
  );
  const path = fc.constantFrom(
    undefined,
    'a',
    'items',
    'a.items',
    'a.b',
    'a.*',
    'a.*.items',
    '*',
    '*.*',
    'a.0.items',
  );
  /** `a.b` exists as one key and as two: a page takes the former, a stream cannot know both. */
  const isAmbiguous = (body: string, where: string | undefined): boolean =>
    where === 'a.b' && body.includes('"a.b"') && body.includes('"a"');
  const cuts = fc.array(fc.nat(), {maxLength: 6});

  test('yield the same records as JSON.parse, wherever the chunks are cut', () => {
    let compared = 0;
    fc.assert(
      fc.property(document, path, cuts, (body, where, positions) => {
        const expected = outcomeOf(() => parsed(body, where));
        const actual = outcomeOf(() => split(cutAt(body, positions), where));
        if (actual === 'refused' && isAmbiguous(body, where)) return;
        expect(actual).toEqual(expected);
        if (expected !== 'refused') compared += 1;
      }),
      {numRuns: 2_000},
    );
    expect(compared).toBeGreaterThan(300);
  });

  test('are refused if they are truncated anywhere', () => {
    fc.assert(
      fc.property(records, fc.nat(), cuts, (list, end, positions) => {
        const body = Buffer.from(`{"other":[{}],"a":${list}}`);
        const cut = body.subarray(0, end % body.length);
        expect(outcomeOf(() => split(cutAt(cut, positions), 'a'))).toBe('refused');
      }),
      {numRuns: 1_000},
    );
  });

  test('are always refused if JSON.parse refuses them', () => {
    let refused = 0;
    fc.assert(
      fc.property(
        document,
        path,
        fc.array(fc.tuple(fc.nat(), fc.constantFrom(...'{}[]",:\\ 0e-ntu\n\u0000x\u00e9')), {
          minLength: 1,
          maxLength: 3,
        }),
        fc.boolean(),
        cuts,
        (body, where, changes, replaces, positions) => {
          let changed = body;
          for (const [position, sign] of changes) {
            const index = position % (changed.length + 1);
            changed = changed.slice(0, index) + sign + changed.slice(replaces ? index + 1 : index);
          }
          if (outcomeOf(() => JSON.parse(changed)) !== 'refused') return;
          refused += 1;
          expect(outcomeOf(() => split(cutAt(changed, positions), where))).toBe('refused');
        },
      ),
      {numRuns: 3_000},
    );
    expect(refused).toBeGreaterThan(500);
  });
});

describe('a list of records', () => {
  test.each([
    ['[]', undefined, []],
    [' [ { } , {"a":1}\n]\n', undefined, [{}, {a: 1}]],
    ['[{"a":1,"a":2}]', undefined, [{a: 2}]],
    ['\uFEFF[{"a":"\\"]}"}]', undefined, [{a: '"]}'}]],
    ['{"n":1,"data":{"rows":[{"id":1}],"more":false},"x":[[1],{"y":{}}]}', 'data.rows', [{id: 1}]],
    ['{"data.rows":[{"id":1}]}', 'data.rows', [{id: 1}]],
    ['[{"rows":[{"id":1}]},{"rows":[{"id":2}]}]', '1.rows', [{id: 2}]],
    [
      '{"data":[{"rows":[{"id":1}]},{"rows":null},{},{"rows":[{"id":2}]}]}',
      'data.*.rows',
      [{id: 1}, {id: 2}],
    ],
    ['{"data":{"x":{"id":1},"y":{"id":2}}}', 'data.*', [{id: 1}, {id: 2}]],
    ['{"edges":[{"node":{"id":1}},{"node":null}]}', 'edges.*.node', [{id: 1}]],
    ['{"data":[]}', 'data.*.rows', []],
  ])('in %j is found at %s', (body, records, expected) => {
    expect(splitText(body, records)).toEqual(expected);
    expect(parsed(body, records)).toEqual(expected);
  });

  test.each([
    [
      '{"items":[],"next":null}',
      'rows',
      '"rows" in the body should be a list of objects, but is undefined. The body has: items, next.',
    ],
    [
      '{"data":{"items":[]}}',
      'data.rows',
      '"data.rows" in the body should be a list of objects, but is undefined. The body has: data.',
    ],
    [
      '{"data":[{"rows":[]}]}',
      'data.*.items',
      '"data.*.items" in the body should be a list of objects, but is undefined. The body has: data.',
    ],
    [
      '{"items":{}}',
      'items',
      '"items" in the body should be a list of objects, but is an object. The body has: items.',
    ],
    [
      '{"items":[{},7]}',
      'items',
      '"items" in the body should be a list of objects, but is a list with other values. The body has: items.',
    ],
    [
      '{"items":[]}',
      undefined,
      'the body should be a list of objects, but is an object. The body has: items.',
    ],
    ['"nothing"', undefined, 'the body should be a list of objects, but is a string.'],
    ['7', undefined, 'the body should be a list of objects, but is a number.'],
  ])(
    'that is missing in %j at %s fails with the same message as a page',
    async (body, records, message) => {
      const expected = `SystemError: GET x: ${message} Set \`records\` to the path of the list.${hintFor(message)}${ADVICE[body] ?? ''}`;
      expect(await failureOf(() => splitText(body, records))).toBe(expected);
      expect(await failureOf(() => parsed(body, records))).toBe(expected);
    },
  );
});

describe('malformed JSON', () => {
  test.each([
    ['[{} {}]', 'at byte 4: "{" where "," or "]" should be'],
    ['[{},]', 'at byte 4: "]" where a value should be'],
    ['[,{}]', 'at byte 1: "," where a value should be'],
    ['[{}}', 'at byte 3: "}" where "," or "]" should be'],
    ['[{}]x', 'at byte 4: "x" where the end should be'],
    ['[{}]\u0000', 'at byte 4: byte 0x0 where the end should be'],
    ['{"a" 1}', 'at byte 5: "1" where ":" should be'],
    ['{"a":1,}', 'at byte 7: "}" where a key should be'],
    ['{"a":[1,{"b":[[tru]]}]}', 'at byte 8: Unexpected token'],
  ])('in %j is reported with its position', async (body, message) => {
    expect(await failureOf(() => splitText(body))).toContain(
      `SystemError: GET x answered with something that is not JSON ${message}`,
    );
  });

  test.each([[''], ['  '], ['['], ['[{}'], ['[{"a":"'], ['[{"a":"\\'], ['{"a":[]'], ['[{},']])(
    'that ends early (%j) has the code of a retryable error',
    (body) => {
      const caught = (() => {
        try {
          return splitText(body);
        } catch (error) {
          return error;
        }
      })();
      expect(isObject(caught) && caught['code']).toBe('JSON_TRUNCATED');
    },
  );
});

describe('a value that is much larger than the chunks', () => {
  const LARGE = {id: 1, text: 'a "word" \\ größer 😀 '.repeat(2_000), more: [{x: [[null]]}]};
  const body = JSON.stringify({
    others: {deep: {er: LARGE}},
    items: [LARGE, {id: 2}, LARGE],
    n: 1.5,
  });

  test.each([1, 7, 1_000, 1_000_000])('is found in chunks of %d bytes', async (size) => {
    expect(await streamed(json(), body, {records: 'items', size})).toEqual([LARGE, {id: 2}, LARGE]);
  });

  test('is reported as truncated if the body stops in it', async () => {
    const cut = body.slice(0, -100);
    expect(await streamed(json(), cut, {records: 'items', size: 1_000})).toContain(
      'answered with JSON that ends in the middle',
    );
  });

  test('is reported as malformed if anything but JSON follows its beginning', async () => {
    const broken = body.replace('"more"', '<html>"more"');
    expect(await streamed(json(), broken, {records: 'none', size: 1_000})).toContain(
      'answered with something that is not JSON at byte 24: Expected double-quoted property name in JSON at position',
    );
  });
});

test('records are found at any depth of nesting', () => {
  const depth = 20_000;
  const deep = `{"a":${'[{"b":'.repeat(depth)}0${'}]'.repeat(depth)}}`;
  expect(splitText(`[{},${deep},{}]`)).toHaveLength(3);
});

test('a duplicate key on the path fails, because both might hold records', async () => {
  expect(await failureOf(() => splitText('{"a":[{}],"a":[{}]}', 'a'))).toBe(
    'SystemError: GET x: the body has "a" twice in one object, so it is not clear which one holds the records. ' +
      "Report this to the API's owner.",
  );
});

test('a value over the limit fails before it fills the memory', async () => {
  const chunks = Array.from({length: 20}, (_none, index) =>
    Buffer.from(index === 0 ? '[{"a":"' : 'x'.repeat(10)),
  );
  expect(await failureOf(() => split(chunks, undefined, 50))).toBe(
    'SystemError: GET x answered with one value of more than 50 bytes, which is over the memory limit. ' +
      'Raise `maxBodyBytes`.',
  );
});
