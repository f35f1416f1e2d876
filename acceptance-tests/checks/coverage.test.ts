import {describe, expect, test} from '@jest/globals';
import type {Run} from '../connectors/connector.ts';
import {committed, keysBy, keysOf, lossFaults, missingFrom} from './coverage.ts';

const record = (stream: string, id: number, name = 'A') => ({
  type: 'RECORD',
  record: {stream, data: {id, name}, emitted_at: 1},
});

const state = (name: string) => ({
  type: 'STATE',
  state: {type: 'STREAM', stream: {stream_descriptor: {name}, stream_state: {}}},
});

const global = {type: 'STATE', state: {type: 'GLOBAL', global: {stream_states: []}}};

const runOf = (...messages: readonly unknown[]): Run => ({
  ...{command: 'read', commandLine: '', inputs: {}, stderr: '', took: 1},
  ...{startedAt: 0, firstLineAfter: 1, peakMemory: undefined, exit: {code: 0, signal: null}},
  lines: messages.map((json) => ({text: JSON.stringify(json), json})),
});

const idsOf = (records: ReturnType<typeof committed>) =>
  records.map(({stream, data}) => `${stream}${data['id']}`);

const run = runOf(
  ...[record('a', 1), record('b', 1), state('a'), record('a', 2), record('b', 2)],
  ...[state('b'), record('b', 3), state('a'), record('a', 3)],
);

describe('records before the last STATE of their stream are committed', () => {
  test('in the whole run', () => {
    expect(idsOf(committed(run))).toEqual(['a1', 'b1', 'a2', 'b2']);
  });

  test('up to the second STATE', () => {
    expect(idsOf(committed(run, 2))).toEqual(['a1', 'b1', 'b2']);
  });

  test('of all streams before a GLOBAL one', () => {
    const withGlobal = runOf(record('a', 1), record('b', 1), global, record('b', 2));
    expect(idsOf(committed(withGlobal))).toEqual(['a1', 'b1']);
  });
});

test('missing records are reported by stream and primary key', () => {
  const keyOf = keysBy({
    streams: [{stream: {name: 'a', source_defined_primary_key: [['id']]}}, {stream: {name: 'b'}}],
  });
  const keys = (...messages: readonly unknown[]) =>
    keysOf(committed(runOf(...messages, state('a'), state('b'))), keyOf);
  const all = keys(record('a', 1), record('a', 2), record('b', 1), record('b', 1, 'B'));
  const lost = missingFrom(all, keys(record('a', 1, 'changed')), keys(record('b', 1)));
  expect(lossFaults(lost, 'in a test')).toEqual([
    {
      reason: '1 records of a are lost in a test',
      offending: '[2]',
      advice: expect.stringContaining('Emit each STATE after the records'),
    },
    {
      reason: '1 records of b are lost in a test',
      offending: '{"id":1,"name":"B"}',
      advice: expect.stringContaining('Emit each STATE after the records'),
    },
  ]);
});
