import {performance} from 'node:perf_hooks';
import {describe, expect, test} from '@jest/globals';
import {secretValues} from './marked-secrets.ts';

const secret = {type: 'string', airbyte_secret: true};
const token = {properties: {token: secret}};

const found = (schema: object, config: unknown): readonly string[] => [
  ...new Set(secretValues({...schema}, config)),
];

describe('the secrets of a config are found', () => {
  test.each<[string, object, unknown]>([
    [
      'under $ref',
      {properties: {a: {$ref: '#/definitions/k'}}, definitions: {k: secret}},
      {a: 'hush'},
    ],
    [
      'under $ref to $defs',
      {properties: {a: {$ref: '#/$defs/k'}}, $defs: {k: secret}},
      {a: 'hush'},
    ],
    [
      'under an escaped $ref',
      {properties: {a: {$ref: '#/$defs/a~1b%20c'}}, $defs: {'a/b c': secret}},
      {a: 'hush'},
    ],
    [
      'under $ref to $ref',
      {properties: {a: {$ref: '#/$defs/x'}}, $defs: {x: {$ref: '#/$defs/k'}, k: secret}},
      {a: 'hush'},
    ],
    [
      'under $ref to an $id',
      {properties: {a: {$ref: 'key.json'}}, $defs: {k: {$id: 'key.json', ...secret}}},
      {a: 'hush'},
    ],
    [
      'under $ref to an anchor',
      {properties: {a: {$ref: '#key'}}, $defs: {k: {$anchor: 'key', ...secret}}},
      {a: 'hush'},
    ],
    [
      'under $ref into a list',
      {properties: {a: {$ref: '#/oneOf/0'}}, oneOf: [secret]},
      {a: 'hush'},
    ],
    [
      'beside $ref',
      {properties: {a: {$ref: '#/$defs/k', airbyte_secret: true}}, $defs: {k: {type: 'string'}}},
      {a: 'hush'},
    ],
    [
      'in a tree by $ref to the root',
      {properties: {token: secret, child: {$ref: '#'}}},
      {child: {child: {token: 'hush'}}},
    ],
    ['under patternProperties', {patternProperties: {'^key_': secret}}, {key_one: 'hush'}],
    [
      'under patternProperties with objects',
      {patternProperties: {'^app': token}},
      {app1: {token: 'hush'}},
    ],
    ['under a pattern that is not valid', {patternProperties: {'(': secret}}, {any: 'hush'}],
    [
      'under patternProperties beside properties',
      {properties: {key_one: {type: 'string'}}, patternProperties: {'^key_': secret}},
      {key_one: 'hush'},
    ],
    ['under additionalProperties', {additionalProperties: secret}, {any: 'hush'}],
    ['under unevaluatedProperties', {unevaluatedProperties: secret}, {any: 'hush'}],
    [
      'in a branch of oneOf',
      {properties: {auth: {oneOf: [{properties: {user: {}}}, token]}}},
      {auth: {token: 'hush'}},
    ],
    [
      'in a branch by $ref',
      {properties: {auth: {oneOf: [{$ref: '#/$defs/t'}]}}, $defs: {t: token}},
      {auth: {token: 'hush'}},
    ],
    ['in a branch in a branch', {oneOf: [{anyOf: [{allOf: [token]}]}]}, {token: 'hush'}],
    [
      'in a branch that marks a whole object',
      {properties: {auth: {oneOf: [{type: 'object', airbyte_secret: true}]}}},
      {auth: {any: 'hush'}},
    ],
    [
      'in then and else',
      {if: {}, ['th' + 'en']: token, else: {properties: {password: secret}}},
      {password: 'hush'},
    ],
    ['in dependencies', {dependencies: {user: token}}, {user: true, token: 'hush'}],
    ['in dependentSchemas', {dependentSchemas: {user: token}}, {user: true, token: 'hush'}],
    ['in items', {properties: {list: {items: secret}}}, {list: ['hush']}],
    [
      'in items by place',
      {properties: {list: {items: [{type: 'boolean'}, secret]}}},
      {list: [true, 'hush']},
    ],
    ['in prefixItems', {properties: {list: {prefixItems: [secret]}}}, {list: ['hush']}],
    [
      'in additionalItems',
      {properties: {list: {items: [{type: 'boolean'}], additionalItems: secret}}},
      {list: [true, 'hush']},
    ],
    [
      'in items of items',
      {properties: {list: {items: {items: token}}}},
      {list: [[{token: 'hush'}]]},
    ],
    [
      'in items by $ref',
      {properties: {list: {items: {$ref: '#/$defs/t'}}}, $defs: {t: token}},
      {list: [{token: 'hush'}]},
    ],
    [
      'in branches of items',
      {properties: {list: {items: {oneOf: [token]}}}},
      {list: [{token: 'hush'}]},
    ],
    ['as an object in place of a list', {properties: {list: {items: secret}}}, {list: {0: 'hush'}}],
    ['as a list in place of an object', {properties: {auth: token}}, {auth: [{token: 'hush'}]}],
    ['as a string in a list in place of an object', {properties: {auth: token}}, {auth: ['hush']}],
    [
      'as a string in place of an object by $ref',
      {properties: {auth: {$ref: '#/$defs/t'}}, $defs: {t: token}},
      {auth: 'hush'},
    ],
    ['marked by a string', {properties: {token: {airbyte_secret: 'true'}}}, {token: 'hush'}],
  ])('%s', (_where, schema, config) => {
    expect(found(schema, config)).toEqual(['hush']);
  });

  test.each<[string, object, unknown]>([
    ['a reference that leads nowhere', {properties: {a: {$ref: '#/no/such'}}}, {a: 'seen'}],
    [
      'a reference in a circle',
      {$ref: '#/$defs/a', $defs: {a: {$ref: '#/$defs/b'}, b: {$ref: '#/$defs/a'}}},
      {a: 'seen'},
    ],
    ['a property of an object', {properties: {a: {}}, additionalProperties: secret}, {a: 'seen'}],
    ['a key of another pattern', {patternProperties: {'^key_': secret}}, {other: 'seen'}],
  ])('but not %s', (_where, schema, config) => {
    expect(found(schema, config)).toEqual([]);
  });
});

test('branches that lead back to the root take no exponential time', () => {
  const branch = {properties: {child: {$ref: '#'}, token: secret}};
  const config = Array.from({length: 60}).reduce((child) => ({child}), {token: 'hush'});
  const before = performance.now();
  expect(found({oneOf: [branch, branch, {...branch}, {...branch}]}, config)).toEqual(['hush']);
  expect(performance.now() - before).toBeLessThan(2_000);
});
