import {expect, test} from '@jest/globals';
import {readMessage} from './messages.ts';

const read = (message: unknown) => readMessage(JSON.stringify(message));

test('a record is read with its stream; an empty namespace is ignored', () => {
  expect(
    read({type: 'RECORD', record: {stream: 'users', namespace: '', data: {id: 1}, emitted_at: 1}}),
  ).toEqual({type: 'RECORD', stream: {name: 'users'}, data: Buffer.from('{"id":1}')});
});

test('a state is read as the entry of a state file, without the rest of the message', () => {
  const stream = {stream_descriptor: {name: 'users', namespace: 'a'}, stream_state: {id: 1}};
  const state = {type: 'STREAM', stream, global: null, data: {}, sourceStats: {recordCount: 2}};
  expect(read({type: 'STATE', state})).toEqual({
    type: 'STATE',
    recordCount: 2,
    state: {
      scope: 'STREAM',
      stream: {name: 'users', namespace: 'a'},
      entry: {type: 'STREAM', stream},
    },
  });
});

test('global and legacy states are read, too', () => {
  const global = {shared_state: {lsn: 1}, stream_states: []};
  expect([
    read({type: 'STATE', state: {type: 'GLOBAL', global}}),
    read({type: 'STATE', state: {data: {users: {id: 1}}}}),
  ]).toEqual([
    {
      type: 'STATE',
      recordCount: undefined,
      state: {scope: 'GLOBAL', entry: {type: 'GLOBAL', global}},
    },
    {
      type: 'STATE',
      recordCount: undefined,
      state: {scope: 'LEGACY', entry: {type: 'LEGACY', data: {users: {id: 1}}}},
    },
  ]);
});

test('the status of a stream has the time until which it waits for a rate limit, or 0 if it is unknown', () => {
  const status = (reasons: unknown) =>
    read({
      type: 'TRACE',
      trace: {
        type: 'STREAM_STATUS',
        emitted_at: 1,
        stream_status: {stream_descriptor: {name: 'users'}, status: 'RUNNING', reasons},
      },
    });
  const heard = {type: 'STATUS', stream: {name: 'users'}, status: 'RUNNING'};
  expect([
    status([{type: 'RATE_LIMITED', rate_limited: {quota_reset: 5}}]),
    status([{type: 'RATE_LIMITED'}]),
    status(null),
  ]).toEqual([
    {...heard, waitsUntil: 5},
    {...heard, waitsUntil: 0},
    {...heard, waitsUntil: undefined},
  ]);
});

test('an error without a message for users has its internal message', () => {
  expect(
    read({
      type: 'TRACE',
      trace: {type: 'ERROR', emitted_at: 1, error: {message: null, internal_message: 'KeyError'}},
    }),
  ).toEqual({type: 'ERROR', text: 'KeyError', failureType: undefined, stream: undefined});
});

test('messages that a sync ignores are valid', () => {
  expect([
    read({type: 'TRACE', trace: {type: 'ESTIMATE', emitted_at: 1, estimate: {}}}),
    read({type: 'CONNECTION_STATUS', connectionStatus: {status: 'SUCCEEDED'}}),
  ]).toEqual([{type: 'OTHER'}, {type: 'OTHER'}]);
});

test.each([
  'Loading plugins …',
  '{"type":"RECORD","record":{"stream":"users","da',
  '[]',
  'null',
  '{"type":"RECORD"}',
  '{"type":"toString","toString":{}}',
  '{"type":"RECORD","record":{"stream":"users","data":[1]}}',
  '{"type":"RECORD","record":{"data":{}}}',
  '{"type":"STATE","state":{"type":"STREAM"}}',
  '{"type":"LOG","log":{"level":"INFO"}}',
  '{"type":"CATALOG","catalog":{}}',
])('%s is not a message', (line) => {
  expect(readMessage(line)).toBeUndefined();
});

test('of a long log and a long error the beginning is kept', () => {
  const long = 'long'.repeat(250_000);
  expect([
    read({type: 'LOG', log: {level: 'ERROR', message: long}}),
    read({type: 'TRACE', trace: {type: 'ERROR', emitted_at: 1, error: {message: long}}}),
  ]).toEqual([
    {type: 'LOG', level: 'ERROR', text: `${long.slice(0, 20_000)}…`},
    expect.objectContaining({type: 'ERROR', text: `${long.slice(0, 20_000)}…`}),
  ]);
});
