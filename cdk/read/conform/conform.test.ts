import {describe, expect, test} from '@jest/globals';
import {parseExact, printExact} from '../../json/exact.ts';
import {compileConform} from './conform.ts';

const conformed = (schema: object, value: unknown, keys: readonly string[] = []) => {
  const {apply} = compileConform({properties: {value: schema}}, {types: 'as-declared', keys});
  return apply({value});
};

/** The converted value as it is printed; `nulled` if there is a change. */
const converted = (schema: object, value: unknown): string | undefined => {
  const {record, changes} = conformed(schema, value);
  const text = JSON.stringify(record).slice('{"value":'.length, -1);
  return changes === undefined ? text : `nulled ${text}`;
};

const INTEGER = {type: ['null', 'integer']};
const NUMBER = {type: ['null', 'number']};
const STRING = {type: ['null', 'string']};
const BOOLEAN = {type: 'boolean'};
const TIMESTAMP = {type: 'string', format: 'date-time'};
const DATE = {type: 'string', format: 'date'};
const TIME = {type: 'string', airbyte_type: 'time_without_timezone'};
const OBJECT = {type: 'object', properties: {id: INTEGER}};
const LIST = {type: 'array', items: INTEGER};

describe('a converted value', () => {
  test.each<[string, object, unknown, string]>([
    ['digits to an integer', INTEGER, '12', '12'],
    ['an integer with trailing zeros', INTEGER, '12.00', '12'],
    [
      'digits that a JavaScript number cannot hold',
      INTEGER,
      '9007199254740993',
      '9007199254740993',
    ],
    ['a big integer', INTEGER, 9007199254740993n, '9007199254740993'],
    ['a small big integer', INTEGER, 12n, '12'],
    [
      'a number that is an integer by its airbyte_type',
      {type: 'number', airbyte_type: 'integer'},
      '7',
      '7',
    ],
    ['a decimal to a number', NUMBER, '-1.5', '-1.5'],
    ['a price with trailing zeros', NUMBER, '10.00', '10'],
    ['a number as JavaScript prints it', NUMBER, '1e+21', '1e+21'],
    [
      'more decimals than a number holds',
      NUMBER,
      '0.12345678901234567891',
      '0.12345678901234567891',
    ],
    ['a number to a string', STRING, 12.5, '"12.5"'],
    ['a big integer to a string', STRING, 9007199254740993n, '"9007199254740993"'],
    ['exact digits to a string', STRING, JSON.rawJSON('9007199254740993'), '"9007199254740993"'],
    ['a boolean to a string', STRING, true, '"true"'],
    ['an object to its JSON', STRING, {id: 1}, '"{\\"id\\":1}"'],
    ['a list to its JSON', STRING, [1, 'a'], '"[1,\\"a\\"]"'],
    ['a Date to its JSON', TIMESTAMP, new Date(0), '"1970-01-01T00:00:00.000Z"'],
    ['the word true', BOOLEAN, 'true', 'true'],
    ['the word false', BOOLEAN, 'false', 'false'],
    ['one', BOOLEAN, 1, 'true'],
    ['zero', BOOLEAN, 0, 'false'],
    ['the JSON of an object, with its fields', OBJECT, '{"id":"7"}', '{"id":7}'],
    ['the empty list that PHP prints for an empty object', OBJECT, [], '{}'],
    ['the JSON of a list, with its items', LIST, '["7",8]', '[7,8]'],
    [
      'a space in a time',
      TIMESTAMP,
      '2026-01-02 03:04:05.678+00:00',
      '"2026-01-02T03:04:05.678+00:00"',
    ],
    [
      'a zone without a colon',
      TIMESTAMP,
      '2026-01-02T03:04:05-0730',
      '"2026-01-02T03:04:05-07:30"',
    ],
    ['a zone of hours', TIMESTAMP, '2026-01-02T03:04:05+02', '"2026-01-02T03:04:05+02:00"'],
    ['a time without seconds', TIMESTAMP, '2026-01-02t03:04 z', '"2026-01-02T03:04:00Z"'],
    ['a time of day', TIME, '03:04', '"03:04:00"'],
    ['the narrowest of several types', {type: ['string', 'integer']}, true, '"true"'],
  ])('%s', (_case, schema, value, expected) => {
    expect(converted(schema, value)).toBe(expected);
  });
});

describe('a number with more digits than JavaScript holds', () => {
  const long = (record: string, schema: object): string =>
    printExact(
      compileConform({properties: {value: schema}}, {types: 'as-declared', keys: []}).apply(
        parseExact<object>(record),
      ).record,
    );

  test.each<[string, object, string, string]>([
    ['stays an integer', INTEGER, '9007199254740993', '9007199254740993'],
    ['stays a decimal', NUMBER, '0.12345678901234567891', '0.12345678901234567891'],
    ['becomes an integer without zeros', INTEGER, '9007199254740993.0', '9007199254740993'],
    ['becomes a string', STRING, '9007199254740993', '"9007199254740993"'],
    [
      'becomes a string in a list',
      {items: STRING, type: 'array'},
      '[9007199254740993]',
      '["9007199254740993"]',
    ],
    [
      'stays exact in an object that becomes a string',
      STRING,
      '{"id":9007199254740993}',
      '"{\\"id\\":9007199254740993}"',
    ],
    [
      'stays exact in a string that becomes an object',
      OBJECT,
      '"{\\"id\\":9007199254740993}"',
      '{"id":9007199254740993}',
    ],
    ['stays beside one that is converted', LIST, '["7",9007199254740993]', '[7,9007199254740993]'],
    ['is nulled instead of rounded', INTEGER, '9007199254740992.25', 'null'],
  ])('%s', (_case, schema, value, expected) => {
    const record = `{"other":9007199254740995,"value":${value}}`;
    expect(long(record, schema)).toBe(`{"other":9007199254740995,"value":${expected}}`);
  });

  test('stays exact in a record that loses a field', () => {
    const record = parseExact<object>(
      '{"id":9007199254740993,"in":{"id":9007199254740995,"a":1},"b":2}',
    );
    const declared = {properties: {id: {}, in: {properties: {id: {}, a: {}}}, b: {}}};
    const selected = {properties: {id: {}, in: {properties: {id: {}}}}};
    const conform = compileConform(declared, {selected, keys: ['id']});
    expect(printExact(conform.apply(record).record)).toBe(
      '{"id":9007199254740993,"in":{"id":9007199254740995}}',
    );
    const small = compileConform({}, {maxRecordBytes: 100, keys: ['in.id']});
    const large = {...record, text: 'x'.repeat(100)};
    expect(printExact(small.apply(large).record)).toBe(
      '{"id":9007199254740993,"in":{"id":9007199254740995,"a":1},"b":2,"text":null}',
    );
  });
});

describe('a value that is nulled, with an entry in `meta.changes`', () => {
  test.each<[string, object, unknown]>([
    ['a fraction for an integer', INTEGER, 12.5],
    ['digits of a decimal for an integer', INTEGER, '12.5'],
    ['an exact decimal for an integer', INTEGER, JSON.rawJSON('1.5')],
    ['a code of digits', INTEGER, '007'],
    ['an empty string for a number', NUMBER, ''],
    ['a word for a number', NUMBER, 'none'],
    ['NaN', NUMBER, Number.NaN],
    ['infinity', STRING, Number.POSITIVE_INFINITY],
    ['a boolean for a number', NUMBER, true],
    ['a word for a boolean', BOOLEAN, 'yes'],
    ['another number for a boolean', BOOLEAN, 2],
    ['a string for an object', OBJECT, 'x'],
    ['JSON that would be printed differently', OBJECT, '{"id": 7}'],
    ['JSON that is broken', LIST, '[7'],
    ['a list for an object', OBJECT, [1]],
    ['an object for a list', LIST, {}],
    ['an empty date', DATE, ''],
    ['a date of zeros', TIMESTAMP, '0000-00-00 00:00:00'],
    ['a date in words', DATE, 'tomorrow'],
    ['an epoch of an unknown unit', TIMESTAMP, 1_767_225_600],
    ['a time of day in words', TIME, 'noon'],
  ])('%s', (_case, schema, value) => {
    expect(conformed(schema, value)).toMatchObject({
      record: {value: null},
      changes: [{field: 'value', change: 'NULLED', reason: 'SOURCE_SERIALIZATION_ERROR'}],
    });
  });
});

describe('an unchanged value', () => {
  test.each<[string, object, unknown]>([
    ['null, whatever the type', {type: 'integer'}, null],
    ['a missing value', INTEGER, undefined],
    ['a value without a declared type', {}, [{any: 'thing'}]],
    ['a value that may only be null', {type: 'null'}, 7],
    ['a value with a boolean schema', true as unknown as object, 7],
    ['exact digits', INTEGER, JSON.rawJSON('9007199254740993')],
    [
      'a big integer as a string',
      {type: 'string', airbyte_type: 'big_integer'},
      '9007199254740993',
    ],
    ['an exact time', TIMESTAMP, '2026-01-02T03:04:05.123456+05:00'],
    ['a time before Christ', TIMESTAMP, '0044-03-15T12:00:00Z BC'],
    ['a time of an unknown zone', TIMESTAMP, '2026-01-02T03:04:05'],
    ['a date that is declared as a time', TIMESTAMP, '2026-01-02'],
    ['a time that is declared as a date', DATE, '2026-01-02T03:04:05Z'],
    ['a string of another format', {type: 'string', format: 'email'}, 'nobody'],
    ['a value of one of several types', {type: ['null', 'string', 'integer']}, '12'],
    ['an object of any fields', {type: 'object'}, {any: 'thing'}],
    ['a list of anything', {type: 'array'}, ['any', 1]],
    ['a value that fits one option', {oneOf: [{type: 'integer'}, STRING, {type: 'null'}]}, '12'],
    ['a value that fits an option without a type', {anyOf: [INTEGER, {}]}, 'x'],
    ['a property of the prototype', {properties: {toString: STRING}, type: 'object'}, {}],
  ])('is %s, in the same record', (_case, schema, value) => {
    const {apply} = compileConform({properties: {value: schema}}, {types: 'as-declared'});
    const record = {value};
    const result = apply(record);
    expect(result).toEqual({record});
    expect(result.record).toBe(record);
  });

  test('is any value of a stream without `types`', () => {
    const record = {id: '12'};
    const {apply} = compileConform({properties: {id: INTEGER}});
    expect(apply(record).record).toBe(record);
  });
});

describe('a value of several options', () => {
  const schema = {anyOf: [INTEGER, {type: 'object', properties: {id: INTEGER, ok: BOOLEAN}}]};

  test('is converted to the first option without losses', () => {
    expect(converted(schema, '12')).toBe('12');
    expect(converted(schema, '{"id":"1"}')).toBe('{"id":1}');
  });

  test('is converted to the first option that keeps a part, with changes for the rest', () => {
    expect(conformed(schema, {id: 'x', ok: 'true'})).toMatchObject({
      record: {value: {id: null, ok: true}},
      changes: [{field: 'value.id', change: 'NULLED'}],
    });
  });

  test('is null if it fits no option', () => {
    expect(converted(schema, 'x')).toBe('nulled null');
  });
});

describe('nested values', () => {
  const schema = {
    type: 'object',
    properties: {
      lines: {type: 'array', items: {type: 'object', properties: {price: NUMBER}}},
      rates: {type: 'object', properties: {base: STRING}, additionalProperties: NUMBER},
    },
  };
  const {apply} = compileConform(schema, {types: 'as-declared'});

  test('are named by their path in the record, and counted by their field', () => {
    const record = {
      lines: [{price: '1.5'}, {price: 'free', note: 'x'}],
      rates: {base: 1, eur: 'x', usd: '2'},
    };
    const before = structuredClone(record);
    expect(apply(record)).toEqual({
      record: {
        lines: [{price: 1.5}, {price: null, note: 'x'}],
        rates: {base: '1', eur: null, usd: 2},
      },
      changes: [
        {field: 'lines[1].price', change: 'NULLED', reason: 'SOURCE_SERIALIZATION_ERROR'},
        {field: 'rates.eur', change: 'NULLED', reason: 'SOURCE_SERIALIZATION_ERROR'},
      ],
      losses: [
        {
          path: 'lines[1].price',
          field: 'lines[].price',
          reason: 'type',
          declared: 'number',
          found: 'a string',
          kept: false,
        },
        {
          path: 'rates.eur',
          field: 'rates.*',
          reason: 'type',
          declared: 'number',
          found: 'a string',
          kept: false,
        },
      ],
    });
    expect(record).toEqual(before);
  });

  test('are named once by their field if a record has very many', () => {
    const lines = Array.from({length: 101}, () => ({price: 'free'}));
    const {changes, losses} = apply({lines});
    expect(changes).toEqual([
      {field: 'lines[].price', change: 'NULLED', reason: 'SOURCE_SERIALIZATION_ERROR'},
    ]);
    expect(losses).toHaveLength(101);
  });

  test('have no losses of the record before', () => {
    apply({lines: [{price: 'free'}]});
    expect(apply({lines: [{price: 1}]})).toEqual({record: {lines: [{price: 1}]}});
  });
});

describe('a key', () => {
  test('of another type stays unchanged', () => {
    expect(conformed(INTEGER, 'abc', ['value'])).toEqual({
      record: {value: 'abc'},
      losses: [
        {
          path: 'value',
          field: 'value',
          reason: 'type',
          declared: 'integer',
          found: 'a string',
          kept: true,
        },
      ],
    });
  });

  test('keeps the objects that contain it', () => {
    const commit = {type: 'object', properties: {date: DATE, note: DATE}};
    expect(conformed(commit, {date: 'x', note: 'x'}, ['value.date'])).toMatchObject({
      record: {value: {date: 'x', note: null}},
      changes: [{field: 'value.note'}],
    });
    expect(conformed(commit, 'x', ['value.date']).record).toEqual({value: 'x'});
  });

  test('is converted like any other field if nothing is lost', () => {
    expect(conformed(INTEGER, '12', ['value'])).toEqual({record: {value: 12}});
  });
});
