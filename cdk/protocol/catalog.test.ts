import {describe, expect, test} from '@jest/globals';
import {failureOf} from '../../test/failure-of.ts';
import {descriptorOf, parseCatalog, streamKey} from './catalog.ts';

describe('a configured catalog', () => {
  test('lists streams with their mode and schema; fields that the kit does not need are ignored', () => {
    const catalog = {
      streams: [
        {
          stream: {
            name: 'users',
            json_schema: {properties: {id: {type: 'integer'}}},
            supported_sync_modes: ['full_refresh'],
          },
          sync_mode: 'incremental',
          destination_sync_mode: 'append_dedup',
          cursor_field: ['updated_at'],
          generation_id: 1,
        },
        {stream: {name: 'orders', namespace: 'shop'}, sync_mode: 'full_refresh'},
      ],
      odd: true,
    };
    expect(parseCatalog(catalog)).toEqual([
      {
        descriptor: {name: 'users'},
        syncMode: 'incremental',
        schema: {properties: {id: {type: 'integer'}}},
      },
      {descriptor: {name: 'orders', namespace: 'shop'}, syncMode: 'full_refresh'},
    ]);
  });

  test.each([
    ['absent', {}, 'full_refresh'],
    ['null', {sync_mode: null}, 'full_refresh'],
    ['unknown', {sync_mode: 'sideways'}, 'sideways'],
    ['of another type', {sync_mode: 7}, '7'],
  ])('may have a mode that is %s', (_what, mode, syncMode) => {
    expect(parseCatalog({streams: [{stream: {name: 'users'}, ...mode}]})).toEqual([
      {descriptor: {name: 'users'}, syncMode},
    ]);
  });

  test.each([[null], ['{}'], [[]]])('has no schema if it is %j', (schema) => {
    expect(parseCatalog({streams: [{stream: {name: 'users', json_schema: schema}}]})).toEqual([
      {descriptor: {name: 'users'}, syncMode: 'full_refresh'},
    ]);
  });

  test('may be empty', () => {
    expect(parseCatalog({streams: []})).toEqual([]);
  });

  test.each([
    ['null', null, 'is null'],
    ['a list', [], 'is an array'],
    ['a string', 'users', 'is a string'],
    ['an empty object', {}, '"streams" is undefined'],
    ['an object of streams', {streams: {users: {}}}, '"streams" is an object'],
    ['null as its streams', {streams: null}, '"streams" is null'],
  ])('that is %s is rejected', async (_what, catalog, problem) => {
    expect(await failureOf(() => parseCatalog(catalog))).toBe(
      `ConfigError: The catalog must be an object with a list "streams", but ${problem}.`,
    );
  });

  test.each([
    ['null', null],
    ['a string', 'users'],
    ['a list', ['users']],
    ['a stream as discover prints it', {name: 'users', json_schema: {}}],
    ['a stream that is null', {stream: null}],
    ['a stream without a name', {stream: {}}],
    ['a stream whose name is not a string', {stream: {name: 7}}],
  ])(
    'with %s among its streams is rejected, and the error shows the right shape',
    async (_what, entry) => {
      const catalog = {streams: [{stream: {name: 'users'}}, entry]};
      expect(await failureOf(() => parseCatalog(catalog))).toBe(
        "ConfigError: The catalog's streams[1] has no stream.name. Give the output of `discover` as a configured " +
          'catalog: {"streams": [{"stream": {"name": …}, "sync_mode": "full_refresh", ' +
          '"destination_sync_mode": "append"}]}.',
      );
    },
  );
});

describe('a stream', () => {
  test.each([[undefined], [null], [''], [7], [{}]])(
    'has no namespace when it is %j',
    (namespace) => {
      expect(descriptorOf('users', namespace)).toEqual({name: 'users'});
    },
  );

  test('is distinguished by its namespace', () => {
    const keys = [
      descriptorOf('users', undefined),
      descriptorOf('users', 'a'),
      descriptorOf('users', 'b'),
      descriptorOf('orders', 'a'),
      descriptorOf('b c', 'a'),
      descriptorOf('c', 'a b'),
    ].map(streamKey);
    expect(new Set(keys).size).toBe(6);
  });
});
