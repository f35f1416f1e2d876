import {describe, expect, test} from '@jest/globals';
import {failureOf} from '../../test/failure-of.ts';
import type {JsonObject} from '../json/values.ts';
import {validateConfig} from './config.ts';

/** The error for a config with this one property, which is required, by this schema. */
const faultOf = async (schema: JsonObject, value: unknown): Promise<string> => {
  const failure = await failureOf(() =>
    validateConfig(
      {type: 'object', required: ['field'], properties: {field: schema}},
      {field: value},
    ),
  );
  return failure.replace('ConfigError: The config does not match the spec: ', '');
};

describe('a config', () => {
  const spec = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'object',
    required: ['token'],
    additionalProperties: true,
    properties: {
      token: {type: 'string', airbyte_secret: true, order: 0},
      api_url: {type: 'string', format: 'uri', default: 'https://api.test', order: 1},
      start_date: {type: 'string', format: 'date-time', order: 2},
      paging: {
        type: 'object',
        default: {},
        properties: {size: {type: 'integer', default: 100}, order: {type: 'string'}},
      },
      lists: {type: 'array', items: {type: 'object', properties: {all: {default: true}}}},
    },
  };

  test('that is valid is returned with its defaults, nested ones included', () => {
    const config = {token: 'hush', paging: {order: 'asc'}, lists: [{}, {all: false}]};
    expect(validateConfig(spec, config)).toEqual({
      token: 'hush',
      api_url: 'https://api.test',
      paging: {order: 'asc', size: 100},
      lists: [{all: true}, {all: false}],
    });
  });

  test('is not mutated', () => {
    const config = {token: 'hush', paging: {}};
    validateConfig(spec, config);
    expect(config).toEqual({token: 'hush', paging: {}});
  });

  test('gets its own copy of the defaults', () => {
    const first = validateConfig<{paging: {size: number}}>(spec, {token: 'hush'});
    first.paging.size = 7;
    expect(validateConfig(spec, {token: 'hush'})).toEqual({
      token: 'hush',
      api_url: 'https://api.test',
      paging: {size: 100},
    });
  });

  test('may have fields that the spec does not declare', () => {
    expect(validateConfig({type: 'object', properties: {}}, {odd: {is: 'fine'}})).toEqual({
      odd: {is: 'fine'},
    });
  });

  test("loses the client's own keys, even if the spec allows no unknown ones", () => {
    const strict = {type: 'object', additionalProperties: false, properties: {a: {}}};
    expect(
      validateConfig(strict, {a: 1, _limit: 10, _page_size: 5, __injected_catalog: {}}),
    ).toEqual({a: 1});
  });

  test.each([
    ['a list', [], 'an array'],
    ['null', null, 'null'],
    ['a string', 'hush', 'a string'],
    ['nothing', undefined, 'undefined'],
  ])('that is %s is rejected, and the error does not show it', async (_what, config, kind) => {
    expect(await failureOf(() => validateConfig(spec, config))).toBe(
      `ConfigError: The config must be a JSON object, but is ${kind}.`,
    );
  });

  test('with several faults is rejected with one error that names all of them', async () => {
    const config = {api_url: 'api.test', paging: {size: 'many'}, start_date: '2026-01-01'};
    expect(await failureOf(() => validateConfig(spec, config))).toBe(
      'ConfigError: The config does not match the spec: token is required, but missing; ' +
        'api_url must be a valid uri, but is "api.test"; ' +
        'start_date must be a valid date-time, but is "2026-01-01"; ' +
        'paging.size must be of type integer, but is "many".',
    );
  });
});

describe('a field', () => {
  test.each([
    ['type', {type: 'string'}, 7, 'field must be of type string, but is 7.'],
    [
      'several types',
      {type: ['integer', 'null']},
      'x',
      'field must be of type integer or null, but is "x".',
    ],
    ['enum', {enum: ['a', 1, null]}, 'b', 'field must be one of "a", 1, null, but is "b".'],
    ['const', {const: 'a'}, 'b', 'field must be "a", but is "b".'],
    ['pattern', {pattern: '^\\d+$'}, 'x', 'field must match the pattern ^\\d+$, but is "x".'],
    [
      'pattern in words',
      {pattern: '^\\d+$', pattern_descriptor: 'digits only'},
      'x',
      'field must match the pattern ^\\d+$ (digits only), but is "x".',
    ],
    ['format', {format: 'date'}, '1.1.26', 'field must be a valid date, but is "1.1.26".'],
    ['minLength', {minLength: 2}, 'x', 'field must NOT have fewer than 2 characters, but is "x".'],
    ['maxLength', {maxLength: 1}, 'xy', 'field must NOT have more than 1 characters, but is "xy".'],
    ['minimum', {minimum: 1}, 0, 'field must be >= 1, but is 0.'],
    ['maximum', {maximum: 1}, 2, 'field must be <= 1, but is 2.'],
    ['exclusiveMinimum', {exclusiveMinimum: 0}, 0, 'field must be > 0, but is 0.'],
    ['multipleOf', {multipleOf: 5}, 7, 'field must be multiple of 5, but is 7.'],
    ['minItems', {minItems: 1}, [], 'field must NOT have fewer than 1 items, but is an array.'],
    ['maxItems', {maxItems: 0}, [1], 'field must NOT have more than 0 items, but is an array.'],
    [
      'uniqueItems',
      {uniqueItems: true},
      [1, 1],
      'field must NOT have duplicate items (items ## 0 and 1 are identical), but is an array.',
    ],
    ['items', {items: {type: 'string'}}, ['a', 1], 'field.1 must be of type string, but is 1.'],
    ['required', {required: ['inner']}, {}, 'field.inner is required, but missing.'],
    [
      'additionalProperties',
      {additionalProperties: false},
      {odd: 1, even: 2},
      'field.odd is not a known field; field.even is not a known field.',
    ],
    [
      'minProperties',
      {minProperties: 1},
      {},
      'field must NOT have fewer than 1 properties, but is an object.',
    ],
    ['not', {not: {type: 'null'}}, null, 'field must NOT be valid, but is null.'],
    [
      'anyOf',
      {anyOf: [{type: 'string'}, {type: 'number'}]},
      true,
      'field must be of type string, but is true; field must be of type number, but is true.',
    ],
    [
      'oneOf with two that fit',
      {oneOf: [{type: 'number'}, {type: 'integer'}]},
      1,
      'field must fit exactly one of its options, but is 1.',
    ],
  ])(
    'is reported with the allowed and the actual value: %s',
    async (_keyword, schema, value, expected) => {
      expect(await faultOf(schema, value)).toBe(expected);
    },
  );

  test('is shown up to 80 characters', async () => {
    expect(await faultOf({type: 'number'}, 'x'.repeat(200))).toBe(
      `field must be of type number, but is "${'x'.repeat(79)}….`,
    );
  });
});

describe('an optional field that a form left empty', () => {
  const option = (type: string, properties: JsonObject) => ({
    type: 'object',
    required: ['type'],
    properties: {type: {const: type}, ...properties},
  });
  const spec = {
    type: 'object',
    required: ['token'],
    properties: {
      token: {type: 'string', minLength: 1},
      note: {type: 'string'},
      start: {type: 'string', format: 'date-time'},
      code: {type: 'string', pattern: '^[a-z]+$'},
      count: {type: 'integer', default: 7},
      flag: {type: 'boolean'},
      level: {enum: ['low', 'high']},
      list: {type: 'array', items: {type: 'string'}},
      nothing: {type: ['null', 'string'], minLength: 2},
      'a/b~c': {type: 'integer'},
      nested: {
        type: 'object',
        required: ['id'],
        properties: {id: {type: 'string'}, size: {type: 'integer'}},
      },
      choice: {
        type: 'object',
        oneOf: [option('one', {since: {type: 'string', format: 'date'}}), option('two', {})],
      },
    },
  };
  const valid = {token: 't'};

  test.each([
    ['a time', {start: ''}, {}],
    ['a time, null', {start: null}, {}],
    ['a pattern', {code: ''}, {}],
    ['a string, null', {note: null}, {}],
    ['a string that may be empty', {note: ''}, {note: ''}],
    ['a number with a default', {count: null}, {}],
    ['a number with a default, as a string', {count: ''}, {}],
    ['a boolean', {flag: ''}, {}],
    ['an enum', {level: null}, {}],
    ['a list', {list: null}, {}],
    ['a field that may be null', {nothing: null}, {nothing: null}],
    ['a field that may be null, but not empty', {nothing: ''}, {}],
    ['a name with the signs of a pointer', {'a/b~c': null}, {}],
    ['a nested field', {nested: {id: 'x', size: null}}, {nested: {id: 'x'}}],
    ['an object', {nested: null}, {}],
    ['a field of a chosen option', {choice: {type: 'one', since: ''}}, {choice: {type: 'one'}}],
    ['a choice', {choice: null}, {}],
    ['several at once', {start: '', code: null, count: '', flag: null}, {}],
  ])('is absent: %s', (_what, given, expected) => {
    expect(validateConfig(spec, {...valid, ...given})).toEqual({...valid, count: 7, ...expected});
  });

  test.each([
    [{token: ''}, 'token must NOT have fewer than 1 characters, but is "".'],
    [{token: null}, 'token must be of type string, but is null.'],
    [
      {token: null, start: '', count: 'x'},
      'count must be of type integer, but is "x"; token must be of type string, but is null.',
    ],
    [{token: 't', nested: {id: null}}, 'nested.id must be of type string, but is null.'],
    [{token: 't', list: ['a', null]}, 'list.1 must be of type string, but is null.'],
  ])('is an error if it is required: %j', async (config, expected) => {
    const failure = await failureOf(() => validateConfig(spec, config));
    expect(failure).toBe(`ConfigError: The config does not match the spec: ${expected}`);
  });
});

describe('a secret', () => {
  const SECRET = 'hush-hush';
  const secret = {type: 'string', airbyte_secret: true};

  test.each([
    [
      'too short',
      {...secret, minLength: 20},
      SECRET,
      'must NOT have fewer than 20 characters, but is a string',
    ],
    [
      'of another form',
      {...secret, pattern: '^ghp_'},
      SECRET,
      'must match the pattern ^ghp_, but is a string',
    ],
    ['a number', secret, 1234567, 'must be of type string, but is a number'],
  ])('that is %s is not shown', async (_what, schema, value, expected) => {
    expect(await faultOf(schema, value)).toBe(`field ${expected} that is a secret.`);
  });

  test.each([
    ['an object', {token: SECRET}, 'an object'],
    ['a list', [SECRET], 'an array'],
    ['null', null, 'null'],
  ])('inside %s that should be a string is not shown', async (_what, value, kind) => {
    expect(await faultOf(secret, value)).toBe(`field must be of type string, but is ${kind}.`);
  });

  test('is not shown inside a list', async () => {
    const schema = {type: 'array', items: {...secret, minLength: 20}};
    expect(await faultOf(schema, [SECRET])).toBe(
      'field.0 must NOT have fewer than 20 characters, but is a string that is a secret.',
    );
  });

  test('is not shown if it replaces the object that should hold it', async () => {
    const schema = {type: 'object', properties: {token: secret}};
    expect(await faultOf(schema, SECRET)).toBe(
      'field must be of type object, but is a string that is a secret.',
    );
  });

  test('is not shown if a field that is not secret repeats it', async () => {
    const spec = {
      type: 'object',
      properties: {token: secret, name: {type: 'string', maxLength: 1}},
    };
    expect(await failureOf(() => validateConfig(spec, {token: SECRET, name: SECRET}))).toBe(
      'ConfigError: The config does not match the spec: ' +
        'name must NOT have more than 1 characters, but is a string that is a secret.',
    );
  });
});

describe('a choice by a constant', () => {
  const oauth = {
    title: 'OAuth',
    type: 'object',
    required: ['auth_type', 'client_id', 'client_secret'],
    properties: {
      title: {type: 'string'},
      auth_type: {type: 'string', const: 'oauth'},
      client_id: {type: 'string'},
      client_secret: {type: 'string', airbyte_secret: true, minLength: 20},
    },
  };
  const token = {
    title: 'Token',
    type: 'object',
    required: ['auth_type', 'token'],
    properties: {
      title: {type: 'string'},
      auth_type: {type: 'string', enum: ['token']},
      token: {type: 'string', airbyte_secret: true},
    },
  };
  const credentials = {title: 'Authentication', type: 'object', oneOf: [oauth, token]};

  test('is valid if one option fits', () => {
    const spec = {type: 'object', properties: {credentials}};
    const config = {credentials: {auth_type: 'token', token: 'hush'}};
    expect(validateConfig(spec, config)).toEqual(config);
  });

  test.each([
    ['lacks a field', {auth_type: 'token'}, 'field.token is required, but missing.'],
    [
      'has wrong fields',
      {auth_type: 'oauth', client_id: 7, client_secret: 'hush'},
      'field.client_id must be of type string, but is 7; ' +
        'field.client_secret must NOT have fewer than 20 characters, but is a string that is a secret.',
    ],
    [
      'has another constant',
      {auth_type: 'basic', token: 'hush'},
      'field.auth_type must be one of "oauth", "token", but is "basic".',
    ],
    [
      'is not made',
      {token: 'hush'},
      'field.auth_type must be one of "oauth", "token", but is missing.',
    ],
    ['is not an object', 'hush', 'field must be of type object, but is a string that is a secret.'],
    ['is null', null, 'field must be of type object, but is null.'],
  ])('is reported by the chosen option if it %s', async (_fault, value, expected) => {
    expect(await faultOf(credentials, value)).toBe(expected);
  });

  test('is reported for each item of a list separately', async () => {
    const items = [
      {auth_type: 'token'},
      {auth_type: 'oauth', client_id: 'a'},
      {auth_type: 'basic'},
      {auth_type: 'token', token: 'hush'},
    ];
    expect(await faultOf({type: 'array', items: credentials}, items)).toBe(
      'field.0.token is required, but missing; field.1.client_secret is required, but missing; ' +
        'field.2.auth_type must be one of "oauth", "token", but is "basic".',
    );
  });

  test('may contain another choice', async () => {
    const outer = {
      oneOf: [
        {properties: {kind: {const: 'none'}}, required: ['kind']},
        {properties: {kind: {const: 'auth'}, credentials}, required: ['kind', 'credentials']},
      ],
    };
    expect(await faultOf(outer, {kind: 'auth', credentials: {auth_type: 'token'}})).toBe(
      'field.credentials.token is required, but missing.',
    );
    expect(await faultOf(outer, {kind: 'auth', credentials: {auth_type: 'basic'}})).toBe(
      'field.credentials.auth_type must be one of "oauth", "token", but is "basic".',
    );
    expect(await faultOf(outer, {kind: 'other', credentials: {auth_type: 'basic'}})).toBe(
      'field.kind must be one of "none", "auth", but is "other".',
    );
  });

  test('is an error if two options have the same constant', async () => {
    expect(await faultOf({oneOf: [token, token]}, {auth_type: 'token', token: 'hush'})).toBe(
      'field must fit exactly one of its options, but is an object.',
    );
  });

  test('lists the faults of every option if no constant distinguishes them', async () => {
    const schema = {oneOf: [{required: ['user']}, {required: ['token']}]};
    expect(await faultOf(schema, {})).toBe(
      'field.user is required, but missing; field.token is required, but missing.',
    );
  });
});
