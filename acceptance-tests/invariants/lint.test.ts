import {describe, expect, test} from '@jest/globals';
import type {Exit} from '../../process/child.ts';
import {INVARIANTS} from './all.ts';
import type {About} from './lint.ts';
import {CASES} from './testing/broken-output.ts';
import {
  COMPLETE,
  day,
  error,
  failed,
  healthy,
  INCOMPLETE,
  lint,
  log,
  PASSWORD,
  RUNNING,
  readOf,
  record,
  STARTED,
  state,
} from './testing/output.ts';

const FAILED = JSON.stringify({
  type: 'CONNECTION_STATUS',
  connectionStatus: {status: 'FAILED', message: 'No.'},
});

describe('the lint', () => {
  test('finds nothing in a healthy read', () => {
    expect(lint(healthy)).toEqual([]);
  });

  test.each(CASES)('reports $invariant for $fault, and nothing else', (broken) => {
    const found = lint(broken.lines, broken.about, broken.exit);
    expect([...new Set(found.map(({invariant}) => invariant))]).toEqual([broken.invariant]);
    expect(found[0]).toMatchObject({
      severity: broken.severity ?? 'error',
      reason: expect.stringMatching(/\.$/),
      advice: expect.stringMatching(/\.$/),
    });
  });

  test('has a case for each invariant', () => {
    const names = INVARIANTS.map(({name}) => name);
    expect(names.filter((name) => CASES.every(({invariant}) => invariant !== name))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('correct output is not reported:', () => {
  const cases: readonly (readonly [
    string,
    readonly (string | undefined)[],
    About,
    Exit | undefined,
  ])[] = [
    [
      'a stream without records that keeps its state',
      [STARTED, RUNNING, state(2, 0), COMPLETE],
      {
        state: [
          {
            type: 'STREAM',
            stream: {stream_descriptor: {name: 'users'}, stream_state: {updated_at: day(2)}},
          },
        ],
      },
      undefined,
    ],
    ...['2099-01-01T00:00:00Z', new Date(Date.now() + 3 * 86_400_000).toISOString()].map(
      (updated_at) =>
        [
          `a state from the future, ${updated_at}, that moves back to now`,
          [STARTED, RUNNING, state(new Date().toISOString(), 0), COMPLETE],
          {
            state: [
              {
                type: 'STREAM',
                stream: {stream_descriptor: {name: 'users'}, stream_state: {updated_at}},
              },
            ],
          },
          undefined,
        ] as const,
    ),
    [
      'records read again within a lookback',
      readOf(record(1), record(3), state(3, 2)),
      {
        state: [
          {
            type: 'STREAM',
            stream: {stream_descriptor: {name: 'users'}, stream_state: {updated_at: day(2)}},
          },
        ],
      },
      undefined,
    ],
    [
      'a failed stream with a reason',
      [STARTED, RUNNING, record(1), state(1, 1), INCOMPLETE, error],
      {},
      failed,
    ],
    ['a missing stream', [INCOMPLETE, error], {}, failed],
    ['a read that is rejected as a whole', [error], {}, failed],
    [
      'a read that was ended by SIGTERM',
      [STARTED, RUNNING, record(1), state(1, 1)],
      {},
      {code: null, signal: 'SIGTERM'},
    ],
    [
      'a check that fails with a message',
      [error, FAILED],
      {command: 'check', catalog: undefined},
      undefined,
    ],
    ['wrong usage', [], {command: 'check', catalog: undefined}, {code: 2, signal: null}],
    ['an end that is not known', [...healthy], {}, {code: null, signal: null}],
    ['a secret among the data', readOf(record(1, {name: PASSWORD}), state(1, 1)), {}, undefined],
    [
      'a namespace that is the empty string',
      [STARTED, RUNNING, record(1, {}, {stream: 'users', namespace: ''}), state(1, 1), COMPLETE],
      {},
      undefined,
    ],
  ];
  test.each(cases)('%s', (_name, lines, more, exit) => {
    expect(lint(lines, more, exit)).toEqual([]);
  });
});

describe('a finding', () => {
  test('has the line number, the line and advice', () => {
    expect(lint([log('a'), 'Hello', ...healthy])).toEqual([
      {
        invariant: 'one-message-a-line',
        severity: 'error',
        line: 2,
        reason: 'A line on stdout is not JSON.',
        offending: 'Hello',
        advice: expect.stringContaining('Print nothing but messages on stdout'),
      },
    ]);
  });

  test('is reported three times, then counted', () => {
    const found = lint([...Array.from({length: 1500}, () => 'Hello'), ...healthy]);
    expect(found.map(({line, reason}) => [line, reason])).toEqual([
      [1, 'A line on stdout is not JSON.'],
      [2, 'A line on stdout is not JSON.'],
      [3, 'A line on stdout is not JSON.'],
      [1500, '1,497 more like it; the last one: A line on stdout is not JSON.'],
    ]);
  });

  test('shows no secret', () => {
    const [found] = lint([log(`password ${PASSWORD}`), ...healthy]);
    expect(found?.offending).toBe(
      '{"type":"LOG","log":{"level":"INFO","message":"password ****"}}',
    );
  });

  test('shows the beginning of a long line', () => {
    const [found] = lint([log('x'.repeat(2e7)), ...healthy]);
    expect(found?.offending).toMatch(/^.{300}… \(20,000,\d+ characters\)$/);
  });
});

test('counts of a GLOBAL state are those of all streams', () => {
  const global = (recordCount: number) =>
    JSON.stringify({
      type: 'STATE',
      state: {
        type: 'GLOBAL',
        global: {
          stream_states: [{stream_descriptor: {name: 'users'}, stream_state: {a: recordCount}}],
        },
        sourceStats: {recordCount},
      },
    });
  expect(lint(readOf(record(1), record(2), global(2)))).toEqual([]);
  expect(lint(readOf(record(1), record(2), global(1))).map(({invariant}) => invariant)).toEqual([
    'exact-counts',
  ]);
});
