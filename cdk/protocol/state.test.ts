import {describe, expect, test} from '@jest/globals';
import {streamKey} from './catalog.ts';
import {isEmptyBlob, NO_CURSOR_STATE, parseState} from './state.ts';

const users = {stream_descriptor: {name: 'users'}, stream_state: {updated_at: '2026-01-01'}};
const USERS = [streamKey({name: 'users'}), {updated_at: '2026-01-01'}];
const orders = {stream_descriptor: {name: 'orders', namespace: 'shop'}, stream_state: {id: 7}};
const ORDERS = [streamKey({name: 'orders', namespace: 'shop'}), {id: 7}];
const OLD = 'The state has the legacy format, without STREAM messages; it is read.';
const NAMELESS = 'A state has no stream_descriptor.name; it is ignored.';

/** The blobs that were understood, and the warnings. */
const read = (state: unknown) => {
  const {blobs, descriptors, warnings} = parseState(state);
  expect(descriptors.length).toBe(blobs.size);
  return {blobs: [...blobs], warnings};
};

describe('a state', () => {
  test.each([
    ['absent', undefined],
    ['null', null],
    ['an empty object', {}],
    ['an empty list', []],
    ['a list of nothings', [null, [], {}]],
  ])('that is %s holds no blob', (_what, state) => {
    expect(read(state)).toEqual({blobs: [], warnings: []});
  });

  test.each([
    [
      'a list of STREAM states',
      [
        {type: 'STREAM', stream: users},
        {type: 'STREAM', stream: orders},
      ],
    ],
    ['states in lists of lists', [[{type: 'STREAM', stream: users}], [[{stream: orders}]]]],
    [
      'STATE messages, as a source prints them',
      [
        {type: 'STATE', state: {type: 'STREAM', stream: users, sourceStats: {recordCount: 3}}},
        {type: 'STATE', state: {type: 'STREAM', stream: orders}},
      ],
    ],
    [
      'all that a source printed',
      [
        {type: 'LOG', log: {level: 'INFO', message: 'Hello.'}},
        {type: 'RECORD', record: {stream: 'users', data: {}, emitted_at: 1}},
        {type: 'STATE', state: {type: 'STREAM', stream: users}},
        {type: 'STATE', state: {type: 'STREAM', stream: orders}},
        {type: 'TRACE', trace: {type: 'STREAM_STATUS', emitted_at: 1}},
      ],
    ],
    [
      "PyAirbyte's, with its nulls and odd keys",
      [
        {type: 'STREAM', stream: users, global_: null, data: null, sourceStats: {recordCount: 3}},
        {type: 'STREAM', stream: orders, global: null, data: null, destinationStats: null, id: 3},
      ],
    ],
    [
      'a GLOBAL state',
      {type: 'GLOBAL', global: {shared_state: null, stream_states: [users, orders]}},
    ],
    [
      'a GLOBAL state with an empty shared part, in a list',
      [{type: 'GLOBAL', stream: null, global: {shared_state: {}, stream_states: [users, orders]}}],
    ],
    ['states without a type', [{stream: users}, {stream: orders, type: null}]],
  ])('is understood as %s', (_what, state) => {
    expect(read(state)).toEqual({blobs: [USERS, ORDERS], warnings: []});
  });

  test.each([
    ['one STREAM state', {type: 'STREAM', stream: users}],
    ['one STATE message', {type: 'STATE', state: {type: 'STREAM', stream: users}}],
    [
      'a STREAM state with the old kind beside it',
      {type: 'STREAM', stream: users, data: {users: {updated_at: '1999-01-01'}}},
    ],
    [
      'a stream without a namespace, in any way to say so',
      [
        {type: 'STREAM', stream: {...users, stream_descriptor: {name: 'users', namespace: null}}},
        {type: 'STREAM', stream: {...users, stream_descriptor: {name: 'users', namespace: ''}}},
      ],
    ],
  ])('is understood as %s', (_what, state) => {
    expect(read(state)).toEqual({blobs: [USERS], warnings: []});
  });

  test.each([
    ['LEGACY', {type: 'LEGACY', data: {users: {updated_at: '2026-01-01'}}}],
    ['in a list, without a type', [{data: {users: {updated_at: '2026-01-01'}}}]],
    ['a bare map', {users: {updated_at: '2026-01-01'}}],
  ])('in the legacy format, %s, is understood with a warning', (_what, state) => {
    expect(read(state)).toEqual({blobs: [USERS], warnings: [OLD]});
  });

  test('counts as its last one if a stream has several', () => {
    const at = (updated_at: string) => ({
      type: 'STREAM',
      stream: {...users, stream_state: {updated_at}},
    });
    expect(
      parseState([at('2026-01-01'), {stream: orders}, at('2026-01-03'), at('2026-01-02')]),
    ).toEqual({
      blobs: new Map<string, object>([
        [streamKey({name: 'users'}), {updated_at: '2026-01-02'}],
        [streamKey({name: 'orders', namespace: 'shop'}), {id: 7}],
      ]),
      descriptors: [{name: 'users'}, {name: 'orders', namespace: 'shop'}],
      warnings: [],
    });
  });

  test.each([
    ['null', {...users, stream_state: null}],
    ['absent', {stream_descriptor: users.stream_descriptor}],
  ])('whose blob is %s resets the stream', (_what, reset) => {
    expect(
      read([
        {type: 'STREAM', stream: users},
        {type: 'STREAM', stream: reset},
      ]),
    ).toEqual({
      blobs: [],
      warnings: [],
    });
  });

  test('keeps a blob unchanged, with keys that the source does not know', () => {
    const blob = {a: [1, {b: null}], __ab_no_cursor_state_message: true, ' ': ''};
    expect(read({stream: {...users, stream_state: blob}}).blobs).toEqual([
      [streamKey({name: 'users'}), blob],
    ]);
  });

  test.each([
    ['a string', 'hush', 'The state is a string; it is ignored.'],
    ['a number', 7, 'The state is a number; it is ignored.'],
    ['a switch in a list', [true], 'The state is a boolean; it is ignored.'],
    ['without a descriptor', {stream: {stream_state: {}}}, NAMELESS],
    ['with a descriptor of another type', {stream: {stream_descriptor: ['users']}}, NAMELESS],
    ['with a name of another type', {stream: {stream_descriptor: {name: 7}}}, NAMELESS],
    [
      'with a string as its blob',
      {stream: {...users, stream_state: '2026-01-01'}},
      'The state of stream users is a string, not an object; it is ignored.',
    ],
    [
      'with a list as its blob',
      {stream: {...users, stream_state: []}},
      'The state of stream users is an array, not an object; it is ignored.',
    ],
    [
      'of type STREAM without a stream',
      {type: 'STREAM', stream: null},
      'A state of type STREAM has no stream object; it is ignored.',
    ],
    [
      'of type GLOBAL without a global part',
      {type: 'GLOBAL', global: null},
      'A state of type GLOBAL has no global object; it is ignored.',
    ],
    [
      'of type GLOBAL without a list of streams',
      {type: 'GLOBAL', global: {stream_states: {users: {}}}},
      "A GLOBAL state's stream_states is an object; it is ignored.",
    ],
  ])('that is not understood is ignored with a warning: %s', (_what, state, warning) => {
    expect(read(state)).toEqual({blobs: [], warnings: [warning]});
  });

  test('is understood in part if the rest is not valid', () => {
    const state = [
      {type: 'GLOBAL', global: {shared_state: {lsn: 1}, stream_states: [users, null, {}]}},
      {items: {id: 1}, broken: 7},
      'hush',
    ];
    expect(read(state)).toEqual({
      blobs: [USERS, [streamKey({name: 'items'}), {id: 1}]],
      warnings: [
        NAMELESS,
        NAMELESS,
        'The shared part of a GLOBAL state is not used by this source.',
        OLD,
        'The state\'s field "broken" is a number, not a stream\'s state; it is ignored.',
        'The state is a string; it is ignored.',
      ],
    });
  });

  test('never throws, whatever it holds', () => {
    const values = [
      undefined,
      null,
      true,
      0,
      NaN,
      '',
      'x',
      [],
      {},
      [null],
      {a: 1},
      Object.create(null),
    ];
    const keys = ['type', 'stream', 'global', 'data', 'state'];
    const types = ['STREAM', 'GLOBAL', 'LEGACY', 'STATE', 'RECORD'];
    const shapes = keys.flatMap((key) =>
      [...values, ...types].flatMap((value) => [
        {[key]: value},
        {type: 'STATE', state: {[key]: value}},
        {stream: {stream_descriptor: {[key]: value}, stream_state: value}},
        {stream: {stream_descriptor: value, stream_state: value}},
        {global: {stream_states: [value], shared_state: value}},
        {global: {stream_states: value}},
      ]),
    );
    expect(() => shapes.forEach(parseState)).not.toThrow();
  });
});

describe('a blob', () => {
  test.each([
    [{}, true],
    [{__ab_no_cursor_state_message: true}, true],
    [{__ab_full_refresh_sync_complete: true}, true],
    [NO_CURSOR_STATE, true],
    [{updated_at: '2026-01-01'}, false],
    [{__ab_no_cursor_state_message: true, updated_at: '2026-01-01'}, false],
  ])('%j is empty: %j', (blob, expected) => {
    expect(isEmptyBlob(blob)).toBe(expected);
  });
});
