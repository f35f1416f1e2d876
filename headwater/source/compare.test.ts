import {describe, expect, test} from '@jest/globals';
import {parseAsWritten} from '../../cdk/json/as-written.ts';
import {compare} from './compare.ts';
import {observeAll} from './observe.ts';
import {completedSchema, newSchema} from './schema-of.ts';

/** Records with one field, from JSON, as a source prints it. */
const seenIn = (...values: readonly string[]) =>
  observeAll(
    values.map((value) => Object(parseAsWritten(value === '' ? '{}' : `{"field": ${value}}`))),
  );

const rowOf = (schema: object, ...values: readonly string[]) => {
  const [row] = compare(seenIn(...values), {properties: {field: schema}}).rows;
  return row && [row.found, row.share, row.declared];
};

const findingsOf = (schema: object | undefined, ...values: readonly string[]) =>
  compare(seenIn(...values), {
    properties: schema === undefined ? {} : {field: schema},
  }).findings.map(({level, text}) => `${level}: ${text}`);

const STRING = {type: 'string'};
const TIME = {type: ['null', 'string'], format: 'date-time'};

describe('the types of values', () => {
  test.each([
    [['1', '12345678901234567890'], 'integer'],
    [['1', '1.5'], 'number'],
    [['1.0'], 'number'],
    [['true'], 'boolean'],
    [['"a"', '1'], 'string | integer'],
    [['"2026-01-01T00:00:00Z"', '"2026-01-01T00:00:00.123+02:00"'], 'date-time'],
    [['"2026-01-01T00:00:00"'], 'local date-time'],
    [['"2026-01-01"'], 'date'],
    [['"2026-01-01"', '"2026-01-01T00:00:00Z"'], 'string'],
    [['"2026-13-01"'], 'string'],
    [['"2026-01-01"', '"soon"'], 'string'],
    [['null', '"a"'], 'string | null'],
    [['null'], 'null'],
    [['{}', '[]'], 'object | array'],
  ])('of %j are %s', (values, found) => {
    expect(rowOf({}, ...values)?.[0]).toBe(found);
  });

  test('come with the number of records that have one', () => {
    expect(rowOf(STRING, '"a"', 'null', '', '"b"')).toEqual([
      'string | null',
      '2 of 4, 1 null',
      'string',
    ]);
    expect(rowOf(STRING, '')).toEqual(['', '0 of 1', 'string']);
  });
});

test.each([
  [{type: ['null', 'string']}, 'string | null'],
  [
    {type: 'string', format: 'date-time', airbyte_type: 'timestamp_without_timezone'},
    'local date-time',
  ],
  [TIME, 'date-time | null'],
  [{}, 'no type'],
  [{enum: ['a']}, 'any type'],
  [{oneOf: [STRING]}, 'branches, not compared'],
])('a declared field %j is shown as %s', (schema, words) => {
  expect(rowOf(schema, '1')?.[2]).toBe(words);
});

describe('a finding', () => {
  test.each<[string, object | undefined, readonly string[], string]>([
    [
      'another type',
      {type: ['null', 'integer']},
      ['1', '"n/a"'],
      'error: field is declared as integer | null, but 1 of 2 values is a string, such as "n/a".',
    ],
    [
      'a null',
      STRING,
      ['"a"', 'null', 'null'],
      'error: field is declared as string, but 2 of 3 values are null.',
    ],
    [
      'a fraction',
      {type: 'integer'},
      ['1.0', '2.5'],
      'error: field is declared as integer, but 2 of 2 values are a number, such as 1.0.',
    ],
    [
      'another format',
      TIME,
      ['"2026-01-01T00:00:00Z"', '"31.12.2024"'],
      'error: field is declared as date-time | null, but 1 of 2 values has another format, such as "31.12.2024".',
    ],
    [
      'a field that is not declared',
      undefined,
      ['1', '2', ''],
      'warning: field is not declared, but 2 records have it.',
    ],
    [
      'one without a type',
      undefined,
      ['null'],
      'warning: field is not declared. It was only null in 1 record, so its type is not known.',
    ],
    ['a field that is not there', STRING, [''], 'note: field is declared, but no record has it.'],
    [
      'a format that is not declared',
      STRING,
      ['"2026-01-01"', '"2026-01-02"'],
      'note: field is declared as string, and all of its 2 strings are of the format date.',
    ],
    [
      'a long value',
      {type: 'integer'},
      [`"${'x'.repeat(100)}"`],
      `error: field is declared as integer, but 1 of 1 value is a string, such as "${'x'.repeat(39)}….`,
    ],
  ])('names %s', (_what, schema, values, text) => {
    expect(findingsOf(schema, ...values)).toEqual([text]);
  });

  test.each<[string, object, readonly string[]]>([
    ['an integer is a number', {type: 'number'}, ['1', '2.5']],
    ['a value of an enum', {enum: [1, 'a', null]}, ['1', '"a"', 'null']],
    ['a time without a zone is a date-time', TIME, ['"2026-01-01T00:00:00"']],
    ['branches are not compared', {anyOf: [STRING]}, ['1']],
    ['a format that is not known here', {type: 'string', format: 'uuid'}, ['"a"']],
    ['an object without declared fields', {type: 'object'}, ['{"a": 1}']],
  ])('is not made if %s', (_what, schema, values) => {
    expect(findingsOf(schema, ...values)).toEqual([]);
  });

  const WITHOUT = 'in the schema, so destinations cannot make a column of it';
  const UNSEEN =
    'No record shows one: declare what the documentation says, such as {"type":["null","string"]}';

  test.each<[string, object, readonly string[], readonly string[]]>([
    [
      'of strings',
      {description: 'A day.'},
      ['"2026-01-01"', 'null'],
      [
        `warning: field has no type ${WITHOUT}. Declare {"type":["null","string"],"format":"date"}.`,
      ],
    ],
    ['of nulls', {}, ['null'], [`warning: field has no type ${WITHOUT}. ${UNSEEN}.`]],
    [
      'that no record has',
      {},
      [''],
      [
        'note: field is declared, but no record has it.',
        `warning: field has no type ${WITHOUT}. ${UNSEEN}.`,
      ],
    ],
    [
      'in an object',
      {type: 'object', properties: {id: {}}},
      ['{"id": 1}'],
      [`warning: field.id has no type ${WITHOUT}. Declare {"type":["null","integer"]}.`],
    ],
    [
      'of items of empty lists',
      {type: 'array', items: {}},
      ['[]'],
      [`warning: field[] has no type ${WITHOUT}. ${UNSEEN}.`],
    ],
  ])('proposes a type for a field %s without one', (_what, schema, values, texts) => {
    expect(findingsOf(schema, ...values)).toEqual(texts);
  });

  test('has the path of a field in an object or a list', () => {
    const inner = {type: 'object', properties: {id: {type: 'integer'}}};
    expect(findingsOf(inner, '{"id": "a", "more": 1}')).toEqual([
      'error: field.id is declared as integer, but 1 of 1 value is a string, such as "a".',
      'warning: field.more is not declared, but 1 record has it.',
    ]);
    expect(findingsOf({type: 'array', items: inner}, '[{"id": 1}, {"id": null}]')).toEqual([
      'error: field[].id is declared as integer, but 1 of 2 values is null.',
    ]);
  });
});

describe('a schema', () => {
  test('is made of what was seen; only keys are required, and what was only null is left out', () => {
    const records = [
      {id: 1, at: '2026-01-01T00:00:00Z', tags: ['a'], owner: {id: 7}, gone: null, price: 1.5},
      {id: 2, at: null, tags: [], owner: null},
    ];
    expect(newSchema('line_items', observeAll(records), ['id'])).toEqual({
      $schema: 'http://json-schema.org/draft-07/schema#',
      title: 'LineItems',
      type: 'object',
      additionalProperties: true,
      required: ['id'],
      properties: {
        id: {type: 'integer'},
        at: {type: ['null', 'string'], format: 'date-time'},
        tags: {type: ['null', 'array'], items: {type: ['null', 'string']}},
        owner: {
          type: ['null', 'object'],
          additionalProperties: true,
          properties: {id: {type: ['null', 'integer']}},
        },
        price: {type: ['null', 'number']},
      },
    });
  });

  test('is completed: fields are added and types widened, nothing else changes', () => {
    const declared = {
      title: 'Item',
      properties: {
        id: {type: 'integer', description: 'Ours.'},
        age: {type: 'integer'},
        at: {type: 'string', format: 'date-time'},
        kept: {type: 'string'},
        branch: {oneOf: [STRING]},
        untyped: {description: 'When.'},
        never: {},
        owner: {type: 'object', properties: {id: {type: 'string'}}},
        tags: {type: 'array', items: {type: 'string'}},
      },
    };
    const records = [
      {
        id: 1,
        age: 1.5,
        at: 'soon',
        branch: 1,
        untyped: '2026-01-01T00:00:00Z',
        owner: {id: null, name: 'Ada'},
        tags: [1],
        more: true,
      },
    ];
    expect(completedSchema(declared, observeAll(records))).toEqual({
      title: 'Item',
      properties: {
        id: {type: 'integer', description: 'Ours.'},
        age: {type: 'number'},
        at: {type: 'string'},
        kept: {type: 'string'},
        branch: {oneOf: [STRING]},
        untyped: {description: 'When.', type: ['null', 'string'], format: 'date-time'},
        never: {},
        owner: {
          type: 'object',
          properties: {id: {type: ['string', 'null']}, name: {type: ['null', 'string']}},
        },
        tags: {type: 'array', items: {type: ['string', 'integer']}},
        more: {type: ['null', 'boolean']},
      },
    });
  });

  test('that was completed fits the same records', () => {
    const seen = observeAll([
      {id: 1, age: 'old', at: null},
      {id: 'x', more: {a: [1]}},
    ]);
    const declared = {properties: {id: {type: 'integer'}, age: {type: 'integer'}, at: STRING}};
    const {findings} = compare(seen, completedSchema(declared, seen));
    expect(findings).toEqual([]);
  });
});
