import {describe, expect, test} from '@jest/globals';
import {compareCatalogs, compareSpecs} from './breaking-changes.ts';

const spec = {
  connectionSpecification: {
    type: 'object',
    required: ['token'],
    properties: {
      token: {type: 'string', airbyte_secret: true},
      region: {type: 'string', enum: ['eu', 'us']},
      size: {type: ['integer', 'null'], minimum: 1, maximum: 100},
      auth: {
        type: 'object',
        oneOf: [
          {title: 'Key', properties: {kind: {type: 'string', const: 'key'}, key: {type: 'string'}}},
          {title: 'None', properties: {kind: {type: 'string', const: 'none'}}},
        ],
      },
      tags: {type: 'array', items: {type: 'string'}},
    },
  },
};

type Changes = Readonly<Record<string, unknown>>;

const specWith = (properties: Changes, more: Changes = {}) => ({
  connectionSpecification: {
    ...spec.connectionSpecification,
    properties: {...spec.connectionSpecification.properties, ...properties},
    ...more,
  },
});

const {token, region, size, auth, tags} = spec.connectionSpecification.properties;
const reasons = (faults: readonly {readonly reason: string}[]) => faults.map(({reason}) => reason);

describe('a new spec is compatible', () => {
  test.each([
    ['unchanged', spec],
    ['as a whole message', {type: 'SPEC', spec}],
    ['with a new property', specWith({more: {type: 'string'}})],
    ['with a wider type', specWith({tags, token: {...token, type: ['string', 'null']}})],
    ['with a longer enum', specWith({region: {...region, enum: ['asia', 'us', 'eu']}})],
    [
      'with one more option',
      specWith({
        auth: {...auth, oneOf: [{title: 'New', properties: {kind: {const: 'new'}}}, ...auth.oneOf]},
      }),
    ],
    ['with fewer required properties', specWith({}, {required: []})],
    ['without an enum', specWith({region: {type: 'string'}})],
    ['with wider limits', specWith({size: {...size, maximum: 1000}})],
  ])('%s', (_name, after) => {
    expect(compareSpecs(spec, after)).toEqual([]);
  });
});

describe('a new spec is not compatible', () => {
  test.each([
    [
      'that requires one more property',
      specWith({}, {required: ['token', 'region']}),
      '/region: this property is now required',
    ],
    [
      'without a property',
      specWith({}, {properties: {token, region, size, auth}}),
      '/tags: this property is gone',
    ],
    [
      'with another type',
      specWith({token: {type: 'integer'}}),
      '/token: the type was string, and is integer',
    ],
    [
      'that no longer accepts null',
      specWith({size: {...size, type: 'integer'}}),
      '/size: the type was integer or null, and is integer',
    ],
    [
      'with a shorter enum',
      specWith({region: {...region, enum: ['eu']}}),
      '/region: its enum no longer has us',
    ],
    [
      'with a new enum',
      specWith({token: {...token, enum: ['a']}}),
      '/token: it has an enum now, and accepted any value before',
    ],
    [
      'without an option',
      specWith({auth: {...auth, oneOf: auth.oneOf.slice(1)}}),
      '/auth: its option kind=key is gone',
    ],
    [
      'with another type of items',
      specWith({tags: {type: 'array', items: {type: 'integer'}}}),
      '/tags/*: the type was string, and is integer',
    ],
    [
      'whose option requires one more property',
      specWith({auth: {...auth, oneOf: [{...auth.oneOf[0], required: ['key']}, auth.oneOf[1]]}}),
      '/auth(kind=key)/key: this property is now required',
    ],
  ])('%s', (_name, after, reason) => {
    expect(reasons(compareSpecs(spec, after))).toEqual([reason]);
  });

  test('with narrower limits, shown by a config that was valid', () => {
    const [first] = reasons(compareSpecs(spec, specWith({size: {...size, maximum: 10}})));
    expect(first).toMatch(/^a config that was valid no longer is: .*10/);
  });
});

const schema = {
  type: 'object',
  properties: {
    id: {type: 'integer'},
    address: {type: 'object', properties: {city: {type: 'string'}}},
  },
};
const users = {name: 'users', json_schema: schema, default_cursor_field: ['id']};
const catalog = {streams: [users, {name: 'users', namespace: 'old', json_schema: schema}]};
const withUsers = (changes: Changes) => ({streams: [{...users, ...changes}, catalog.streams[1]]});
const withField = (id: unknown) =>
  withUsers({json_schema: {...schema, properties: {...schema.properties, id}}});

describe('a new catalog is compatible', () => {
  test.each([
    ['unchanged', catalog],
    ['as a whole message', {type: 'CATALOG', catalog}],
    ['with another stream', {streams: [...catalog.streams, {name: 'pets'}]}],
    [
      'with another field',
      withUsers({
        json_schema: {...schema, properties: {...schema.properties, name: {type: 'string'}}},
      }),
    ],
    ['with null as a new type', withField({type: ['null', 'integer']})],
    ['with a list of the same type', withField({type: ['integer']})],
  ])('%s', (_name, after) => {
    expect(compareCatalogs(catalog, after)).toEqual([]);
  });
});

describe('a new catalog is not compatible', () => {
  test.each([
    ['without a stream', {streams: [users]}, 'old.users: this stream is gone'],
    [
      'without a field',
      withUsers({json_schema: {type: 'object', properties: {address: schema.properties.address}}}),
      'users/id: this property is gone',
    ],
    [
      'without a field within',
      withUsers({
        json_schema: {
          ...schema,
          properties: {...schema.properties, address: {type: 'object', properties: {}}},
        },
      }),
      'users/address/city: this property is gone',
    ],
    [
      'with another type',
      withField({type: 'string'}),
      'users/id: the type was integer, and is string',
    ],
    [
      'with one more type',
      withField({type: ['integer', 'string']}),
      'users/id: the type was integer, and is integer or string',
    ],
    [
      'with another cursor',
      withUsers({default_cursor_field: ['updated_at']}),
      'users: its default cursor was id, and is updated_at',
    ],
  ])('%s', (_name, after, reason) => {
    expect(reasons(compareCatalogs(catalog, after))).toEqual([reason]);
  });
});
