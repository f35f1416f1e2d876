// For each invariant, outputs that break only this one.
import type {Exit} from '../../../process/child.ts';
import type {About} from '../lint.ts';
import {
  AT,
  COMPLETE,
  error,
  failed,
  healthy,
  INCOMPLETE,
  keyless,
  log,
  PASSWORD,
  RUNNING,
  readOf,
  record,
  STARTED,
  state,
  status,
  trace,
} from './output.ts';

export interface Case {
  readonly invariant: string;
  readonly fault: string;
  readonly lines: readonly (string | undefined)[];
  readonly about?: About;
  readonly exit?: Exit;
  readonly severity?: 'warning';
}

const read: readonly Case[] = [
  {invariant: 'one-message-a-line', fault: 'a banner', lines: ['Starting…', ...healthy]},
  {invariant: 'one-message-a-line', fault: 'an empty line', lines: ['', ...healthy]},
  {invariant: 'one-message-a-line', fault: 'a bare number', lines: ['42', ...healthy]},
  {
    invariant: 'one-message-a-line',
    fault: 'two on a line',
    lines: [`${log('a')}${log('b')}`, ...healthy],
  },
  {
    invariant: 'one-message-a-line',
    fault: 'an object without type',
    lines: ['{"a":1}', ...healthy],
  },
  {
    invariant: 'line-size',
    severity: 'warning',
    fault: '20,000,000 characters',
    lines: [log('x'.repeat(2e7)), ...healthy],
  },
  {
    invariant: 'line-separators',
    severity: 'warning',
    fault: 'U+2028',
    lines: [log('a\u2028b'), ...healthy],
  },
  {
    invariant: 'line-separators',
    severity: 'warning',
    fault: 'U+0085',
    lines: [log('a\u0085b'), ...healthy],
  },
  {
    invariant: 'protocol-schema',
    fault: 'an unknown level',
    lines: [JSON.stringify({type: 'LOG', log: {level: 'LOUD', message: 'a'}}), ...healthy],
  },
  {
    invariant: 'protocol-schema',
    fault: 'an unknown type',
    lines: [JSON.stringify({type: 'HELLO'}), ...healthy],
    about: {command: undefined},
  },
  {
    invariant: 'protocol-schema',
    fault: 'a payload of another type',
    lines: [JSON.stringify({type: 'LOG', record: {}}), ...healthy],
  },
  {
    invariant: 'emitted-at',
    fault: 'seconds',
    lines: [trace({type: 'ANALYTICS', emitted_at: AT / 1000, analytics: {type: 'a'}}), ...healthy],
  },
  {
    invariant: 'no-explicit-nulls',
    fault: 'null in a STATE',
    lines: readOf(record(1), state(1, 1, {data: null})),
  },
  {
    invariant: 'one-response',
    fault: 'a SPEC in a read',
    lines: [JSON.stringify({type: 'SPEC', spec: {connectionSpecification: {}}}), ...healthy],
  },
  {
    invariant: 'configured-streams-only',
    fault: 'a record of another stream',
    lines: readOf(record(1), record(1, {}, {stream: 'pets'}), state(1, 1)),
  },
  {
    invariant: 'consistent-namespaces',
    fault: 'a record with a namespace',
    lines: readOf(record(1, {}, {stream: 'users', namespace: 'a'}), state(1, 1)),
  },
  {
    invariant: 'consistent-namespaces',
    fault: 'a status with a namespace',
    lines: [STARTED, status('RUNNING', {name: 'users', namespace: 'a'}), ...healthy.slice(2)],
  },
  {
    invariant: 'no-empty-data',
    fault: 'a record of no fields',
    lines: readOf(
      record(1),
      JSON.stringify({type: 'RECORD', record: {stream: 'users', emitted_at: AT, data: {}}}),
      state(1, 2),
    ),
    about: {catalog: keyless()},
  },
  {
    invariant: 'primary-keys',
    fault: 'no key',
    lines: readOf(record(1), record(2, {id: undefined}), state(2, 2)),
  },
  {
    invariant: 'record-schema',
    fault: 'a string instead of a number',
    lines: readOf(record(1), record(2, {id: '2'}), state(2, 2)),
  },
  {
    invariant: 'record-schema',
    fault: 'a time in seconds',
    lines: readOf(record(1), record(2, {name: 7}), state(2, 2)),
  },
  {
    invariant: 'undeclared-fields',
    severity: 'warning',
    fault: 'a new field',
    lines: readOf(record(1, {extra: 1}), state(1, 1)),
  },
  {invariant: 'exact-counts', fault: 'one too many', lines: readOf(record(1), state(1, 2))},
  {
    invariant: 'exact-counts',
    fault: 'a total',
    lines: readOf(record(1), state(1, 1), record(2), state(2, 2)),
  },
  {
    invariant: 'exact-counts',
    fault: 'none',
    lines: readOf(record(1), state(1, 1, {sourceStats: undefined})),
  },
  {
    invariant: 'state-covers-records',
    fault: 'records after the last STATE',
    lines: readOf(record(1), state(1, 1), record(2)),
  },
  {
    invariant: 'no-identical-states',
    fault: 'a STATE twice',
    lines: readOf(record(1), state(1, 1), state(1, 0)),
  },
  {
    invariant: 'state-form',
    fault: 'LEGACY',
    lines: readOf(
      record(1),
      state(1, 1),
      JSON.stringify({type: 'STATE', state: {type: 'LEGACY', data: {users: {}}}}),
    ),
  },
  {
    invariant: 'state-form',
    fault: 'no stream_state',
    lines: readOf(
      JSON.stringify({
        type: 'STATE',
        state: {
          type: 'STREAM',
          stream: {stream_descriptor: {name: 'users'}},
          sourceStats: {recordCount: 0},
        },
      }),
    ),
  },
  {
    invariant: 'watermark-never-back',
    fault: 'a lower cursor',
    lines: readOf(record(2), state(2, 1), record(1), state(1, 1)),
  },
  {
    invariant: 'watermark-never-back',
    fault: 'below the input state',
    lines: readOf(record(1), state(1, 1)),
    about: {state: JSON.parse(`[${state(2, 0)}]`).map(({state: own}: {state: unknown}) => own)},
  },
  {
    invariant: 'watermark-never-back',
    fault: 'a state from the future that goes back to the past',
    lines: readOf(record(1), state(1, 1)),
    about: {
      state: JSON.parse(`[${state('2099-01-01T00:00:00Z', 0)}]`).map(
        ({state: own}: {state: unknown}) => own,
      ),
    },
  },
  {
    invariant: 'state-never-ahead',
    fault: 'a STATE before its record',
    lines: readOf(record(1), state(3, 1), record(2), record(3), state('2026-01-03T00:00:00.0Z', 2)),
  },
  {
    invariant: 'state-never-ahead',
    fault: 'a STATE of tomorrow',
    lines: readOf(record(1), state('2999-01-01T00:00:00Z', 1)),
  },
  {
    invariant: 'state-never-ahead',
    severity: 'warning',
    fault: 'a STATE past its records',
    lines: readOf(record(1), state(3, 1)),
  },
  {invariant: 'status-order', fault: 'no STARTED', lines: healthy.slice(1)},
  {invariant: 'status-order', fault: 'no RUNNING', lines: [STARTED, ...healthy.slice(2)]},
  {
    invariant: 'status-order',
    fault: 'a STATE after COMPLETE',
    lines: [STARTED, RUNNING, record(1), state(1, 1), COMPLETE, state(2, 0)],
    about: {catalog: keyless('full_refresh')},
  },
  {invariant: 'status-order', fault: 'COMPLETE twice', lines: [...healthy, COMPLETE]},
  {invariant: 'every-stream-ends', fault: 'no final status', lines: healthy.slice(0, -1)},
  {invariant: 'every-stream-ends', fault: 'no STATE', lines: readOf()},
  {invariant: 'every-stream-ends', fault: 'nothing at all', lines: []},
  {
    invariant: 'exit-code',
    fault: '0 after INCOMPLETE',
    lines: [STARTED, RUNNING, record(1), state(1, 1), INCOMPLETE, error],
  },
  {invariant: 'exit-code', fault: '0 after TRACE ERROR', lines: [...healthy, error]},
  {invariant: 'exit-code', fault: '1 after COMPLETE', lines: healthy, exit: failed},
  {
    invariant: 'failures-are-reported',
    fault: 'INCOMPLETE without a reason',
    lines: [STARTED, INCOMPLETE],
    exit: failed,
  },
  {
    invariant: 'no-secrets',
    fault: 'a secret in a LOG',
    lines: [log(`password ${PASSWORD}`), ...healthy],
  },
  {
    invariant: 'no-secrets',
    fault: 'a secret in a URL',
    lines: [log(`?p=${encodeURIComponent(PASSWORD)}`), ...healthy],
  },
  {
    invariant: 'no-secrets',
    fault: 'a secret in a header',
    lines: [log(`Basic ${Buffer.from(`joe:${PASSWORD}`).toString('base64')}`), ...healthy],
  },
  {
    invariant: 'no-secrets',
    fault: 'a secret in hex',
    lines: [log(Buffer.from(PASSWORD).toString('hex')), ...healthy],
  },
];

const result = (type: string, key: string, payload: unknown): string =>
  JSON.stringify({type, [key]: payload});

const SPEC = result('SPEC', 'spec', {connectionSpecification: {}});

const others: readonly Case[] = [
  {invariant: 'one-response', fault: 'two SPECs', lines: [SPEC, SPEC], about: {command: 'spec'}},
  {invariant: 'one-response', fault: 'no SPEC', lines: [log('a')], about: {command: 'spec'}},
  {
    invariant: 'one-response',
    fault: 'FAILED without a message',
    lines: [result('CONNECTION_STATUS', 'connectionStatus', {status: 'FAILED'})],
    about: {command: 'check'},
  },
  {
    invariant: 'failures-are-reported',
    fault: 'a crash',
    lines: [log('a')],
    about: {command: 'discover'},
    exit: failed,
  },
  {
    invariant: 'exit-code',
    fault: 'a failed check that ends with 0',
    lines: [error],
    about: {command: 'check'},
  },
  {
    invariant: 'no-explicit-nulls',
    fault: 'null in a CATALOG',
    about: {command: 'discover'},
    lines: [
      result('CATALOG', 'catalog', {
        streams: [
          {
            name: 'a',
            json_schema: {default: null},
            supported_sync_modes: ['full_refresh'],
            namespace: null,
          },
        ],
      }),
    ],
  },
];

export const CASES: readonly Case[] = [
  ...read,
  ...others.map((one) => ({...one, about: {catalog: undefined, ...one.about}})),
];
