// Records, positions and counts are the same for pages that pass through as bytes and for pages that are parsed.
import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {fuzz, inThisRun, printCases} from '../../test/cases.ts';
import {listOf} from '../../test/http/list-of.ts';
import {readBothWays} from '../../test/read/both-ways.ts';
import {exactly} from '../../test/read/exact-numbers.ts';
import {at, stateOf} from '../../test/read/items.ts';
import {parent} from '../author/slices.ts';
import {type StreamDefinition, stream} from '../author/stream.ts';
import type {Schema} from '../author/types.ts';

type Some = Record<string, unknown>;
const schema: Schema<Some> = {type: 'object'};
type More = Partial<StreamDefinition<Some, Record<never, never>>>;

const readItems = (more: More, bodies: readonly (string | Buffer)[], setUp = {}, options = {}) =>
  readBothWays(
    (pages) =>
      stream<Some>({
        name: 'items',
        schema,
        checkpointInterval: {seconds: 0},
        read: () => pages(),
        ...more,
      }),
    () => listOf(bodies, options),
    setUp,
  );

const page = (...records: readonly object[]): string => JSON.stringify(records);
const item = (id: number, minute = id) => ({id, updated_at: at(minute)});
const cursor = {field: 'updated_at'} as const;
const STATE = stateOf('items', {updated_at: at(2)});

describe('a stream whose records need not be parsed', () => {
  test('emits their bytes unchanged, except for newlines', async () => {
    const body =
      '{"data": [{"id": 9007199254740993,\r\n "n": 1.50, "t": "a\\n\\u00e4"},\n{"n":1e400,"n":0}]}';
    const {bytes} = await readItems({}, [body], {}, {records: 'data'});
    expect([bytes.bytePages, bytes.texts]).toEqual([
      1,
      ['{"id": 9007199254740993,   "n": 1.50, "t": "a\\n\\u00e4"}', '{"n":1e400,"n":0}'],
    ]);
  });

  test('emits records that are made from other values with all digits, parsed', async () => {
    const body = '{"data":[{"id":9007199254740993,"in":[{"n":0.12345678901234567891},{"n":1}]}]}';
    const records = {path: 'data.*.in', parentFields: {of: 'data.*.id'}};
    const {bytes} = await readItems({}, [body], {}, {records});
    expect([bytes.bytePages, bytes.texts]).toEqual([
      0,
      ['{"n":0.12345678901234567891,"of":9007199254740993}', '{"n":1,"of":9007199254740993}'],
    ]);
  });

  test('emits records of any size', async () => {
    const large = {id: 1, text: 'x'.repeat(100_000)};
    const {bytes, parsed} = await readItems({}, [page({id: 0}, large, {id: 2}, large, large)]);
    expect(bytes.bytePages).toBe(1);
    expect(bytes.texts).toEqual(parsed.texts);
  });

  test('reports unknown fields', async () => {
    const known: Schema<Some> = {type: 'object', properties: {id: {}}};
    const {bytes, parsed} = await readItems({schema: known}, [page({id: 1, name: 'x'})]);
    expect(bytes.messages).toContain(
      'WARN Stream items: Records have fields that the schema does not declare; they are emitted: "name" (a string).',
    );
    expect([bytes.bytePages, bytes.messages]).toEqual([1, parsed.messages]);
  });
});

describe('both ways emit the same messages', () => {
  const pages = [page(item(1), item(2)), page(item(2), item(3), {id: 4}), page(item(5))];

  test.each<[string, More, object]>([
    ['without a cursor', {}, {}],
    ['in ascending order', {cursor: {...cursor, order: 'ascending'}}, {}],
    ['in ascending order, from a state', {cursor: {...cursor, order: 'ascending'}}, {state: STATE}],
    ['in any order', {cursor}, {state: STATE}],
    ['in descending order', {cursor: {...cursor, order: 'descending'}}, {state: STATE}],
    ['with filtered records', {cursor: {...cursor, clientSide: true}}, {state: STATE}],
    ['without records that have no cursor', {cursor: {...cursor, withoutValue: 'exclude'}}, {}],
    ['that fails because a record has no cursor', {cursor: {...cursor, withoutValue: 'error'}}, {}],
    ['that is resumable', {cursor, resumable: {hours: 1}}, {}],
  ])('for a stream %s', async (_kind, more, setUp) => {
    const {bytes, parsed} = await readItems(more, pages, setUp);
    expect(bytes.bytePages).toBeGreaterThan(0);
    expect(parsed.bytePages).toBe(0);
    expect(bytes.messages).toEqual(parsed.messages);
  });

  test('for a stream whose positions are tokens', async () => {
    const bodies = ['a', 'b'].map((next, id) => JSON.stringify({data: [item(id)], next}));
    const {bytes, parsed} = await readItems(
      {cursor: {token: 'each-page'}},
      bodies,
      {},
      {records: 'data', token: 'next'},
    );
    expect([bytes.bytePages, parsed.bytePages]).toEqual([2, 0]);
    expect(bytes.messages).toContain('items STATE {"token":"a","unfinished":true} 1');
    expect(bytes.messages).toEqual(parsed.messages);
  });

  test('for a stream that is not in its declared order', async () => {
    const {bytes, parsed} = await readItems({cursor: {...cursor, order: 'ascending'}}, [
      page(item(3), item(1)),
    ]);
    expect(bytes.messages).toContain(
      'WARN Stream items: Records are not in ascending order of "updated_at", as `cursor.order` declares: the position is saved only at the end of the slice.',
    );
    expect([bytes.bytePages, bytes.messages]).toEqual([1, parsed.messages]);
  });

  test.each([
    '[{"id":1},{}]',
    '[{"id":1},7]',
    '\uFEFF[{"id":1}]',
    '[{"id":1}',
    '[{"id":01}]',
    '[{"id":"\u2028"}]',
    '{"error":"no"}',
  ])('for the body %s, which has to be parsed', async (body) => {
    const {bytes, parsed} = await readItems({}, [page({id: 0}), body]);
    expect(bytes).toEqual({...parsed, bytePages: 1});
  });
});

describe('numbers that JavaScript cannot hold', () => {
  const body =
    '[{"id":9007199254740993,"in":{"rate":0.12345678901234567891},"list":[18446744073709551615]}]';
  const text = body.slice(1, -1);

  test('have all of their digits in both ways', async () => {
    const {bytes, parsed} = await readItems({}, [body]);
    expect([bytes.bytePages, bytes.texts]).toEqual([1, [text]]);
    expect([parsed.bytePages, parsed.texts]).toEqual([0, [text]]);
  });

  test.each<[string, More, string]>([
    ['mapped', {map: (record) => ({...record, more: true})}, `${text.slice(0, -1)},"more":true}`],
    ['converted to its types', {types: 'as-declared'}, text],
    [
      'changed in place',
      {
        map: (record) => {
          record['id'] = 7;
          return record;
        },
      },
      text.replace('9007199254740993', '7'),
    ],
  ])('keep their digits in a record that is %s', async (_how, more, expected) => {
    const {bytes} = await readItems(more, [body]);
    expect([bytes.bytePages, bytes.texts]).toEqual([0, [expected]]);
  });

  test.each([
    ['rounded up', '1764100000000000200', '{"id":1764099999999999700}'],
    ['rounded down', '1764100000000000001', '{"id":1764100000000000000}'],
    ['rounded up below zero', '-1764100000000000001', '{"id":-1764100000000000500}'],
    ['in powers of ten', '1234567890123456789012', '{"id":1.2345678901234565e+21}'],
    ['exact', '9007199254740992', '{"id":9007199254740992}'],
  ])('make no position above them if they are %s', async (_how, id, state) => {
    const more: More = {cursor: {field: 'id', order: 'ascending'}};
    const {bytes, parsed} = await readItems(more, [`[{"id":${id}}]`]);
    const twice = await readItems(more, [`[{"\\u0069d":${id}}]`]);
    for (const {messages} of [bytes, parsed, twice.bytes, twice.parsed]) {
      expect(messages).toContain(`items STATE ${state} 0`);
    }
    expect([bytes.bytePages, parsed.bytePages]).toEqual([1, 0]);
  });
});

describe('records are parsed', () => {
  const pages = [page(item(1)), page(item(2))];
  const looked: readonly [string, More, object][] = [
    ['if they are mapped', {map: (record) => ({...record, more: true})}, {}],
    ['if they have types', {types: 'as-declared'}, {}],
    ['if their fields are selected', {fields: 'as-selected'}, {}],
    [
      'if they may be deleted',
      {primaryKey: ['id'], deletes: {flag: ({gone}) => gone === true}},
      {},
    ],
    [
      'if `stop` ends the list',
      {},
      {stop: ({records}: {records: readonly object[]}) => records.at(0) === undefined},
    ],
  ];
  test.each(looked)('%s', async (_what, more, options) => {
    const {bytes, parsed} = await readItems(more, pages, {}, options);
    expect(bytes).toEqual({...parsed, bytePages: 0});
  });

  test('if they are the slices of a child', async () => {
    const streamsOf = (all: () => ReturnType<typeof listOf>) => {
      const items = stream<Some>({name: 'items', schema, read: all});
      const slices = parent(items, ({id}) => ({id: Number(id)}));
      return stream<Some, {id: number}>({
        name: 'children',
        schema,
        slices,
        read: () => listOf([page({x: 1})]),
      });
    };
    const {bytes, parsed} = await readBothWays(streamsOf, () => listOf(pages));
    expect(bytes.messages).toEqual(parsed.messages);
  });

  test('if a source changes them in place', async () => {
    const read = async function* () {
      for await (const one of listOf(pages)) {
        for (const record of one.records) record['changed'] = true;
        yield one;
      }
    };
    const {bytes} = await readItems({read}, []);
    expect(bytes.texts).toEqual(
      [item(1), item(2)].map((one) => JSON.stringify({...one, changed: true})),
    );
  });
});

describe('random bodies', () => {
  const space = fc.constantFrom('', '', ' ', '\n', '\r\n\t');
  const text = fc.oneof(
    fc.string({unit: 'binary', maxLength: 6}).map((some) => JSON.stringify(some)),
    fc.constantFrom(
      '"\\ud83d\\ude00"',
      '"\\ud800"',
      '"\\/\\b\\u0041"',
      '"größer"',
      '"]}"',
      '"\u0085"',
      '""',
    ),
  );
  const number = fc.constantFrom(
    '0',
    '-0',
    '1.50',
    '-1E-7',
    '12345678901234567890',
    '-9007199254740993',
    '0.1234567890123456789',
    '100000000000000000000.50',
  );
  const key = fc.constantFrom(
    '"id"',
    '"at"',
    '"at"',
    '"a"',
    '"a.at"',
    '"\\u0061t"',
    '"__proto__"',
    '"größe"',
  );
  const {value} = fc.letrec<{value: string; list: string; object: string}>((tie) => ({
    value: fc.oneof(
      {depthSize: 'small'},
      text,
      number,
      fc.constantFrom('true', 'null'),
      tie('list'),
      tie('object'),
    ),
    list: fc
      .tuple(space, fc.array(tie('value'), {maxLength: 3}))
      .map(([s, all]) => `[${s}${all.join(`${s},${s}`)}${s}]`),
    object: fc
      .tuple(space, fc.array(fc.tuple(key, tie('value')), {maxLength: 3}))
      .map(
        ([s, all]) =>
          `{${s}${all.map(([name, one]) => `${name}${s}:${s}${one}`).join(`,${s}`)}${s}}`,
      ),
  }));
  const record = fc
    .tuple(space, fc.array(fc.tuple(key, value), {minLength: 1, maxLength: 5}))
    .map(([s, all]) => `{${s}${all.map(([name, one]) => `${name}${s}:${one}`).join(`${s},`)}${s}}`);
  const body = fc
    .tuple(fc.array(record, {minLength: 1, maxLength: 4}), value, space)
    .map(([all, beside, s]) => ({
      all,
      text: `{"more":${beside},${s}"data":${s}[${s}${all.join(`,${s}`)}${s}]}${s}`,
    }));
  const damage = fc.option(
    fc.tuple(fc.nat(), fc.constantFrom('', ' ', '"', '}', '0', '\\', '\uFEFF', '\u0000')),
    {freq: 3},
  );

  test('give the same records in both ways', async () => {
    let cases = 0;
    let passed = 0;
    await fc.assert(
      fc.asyncProperty(body, damage, fc.constantFrom('at', 'a.at'), async (made, fault, field) => {
        cases += 1;
        const place = fault === null ? 0 : fault[0] % made.text.length;
        const sent =
          fault === null
            ? made.text
            : `${made.text.slice(0, place)}${fault[1]}${made.text.slice(place + 1)}`;
        const {bytes, parsed} = await readItems(
          {cursor: {field, order: 'ascending'}},
          [sent],
          {},
          {records: 'data'},
        );
        expect(bytes.messages).toEqual(parsed.messages);
        expect(bytes.texts.map(exactly)).toEqual(parsed.texts.map(exactly));
        if (bytes.bytePages === 0) return;
        passed += 1;
        if (fault === null) {
          expect(bytes.texts).toEqual(made.all.map((one) => one.replaceAll(/[\r\n]/g, ' ')));
        }
      }),
      fuzz({quick: 500, full: 3_000}),
    );
    printCases(cases);
    expect(passed).toBeGreaterThan(inThisRun({quick: 100, full: 1_000}));
  }, 60_000_000);
});
