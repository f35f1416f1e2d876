// Faults of reads, in any mode.
import {writeSync} from 'node:fs';
import type {BrokenConnector, Hooks, Json} from './hooks.ts';

const caught = (hooks: Hooks): BrokenConnector => ({caughtBy: 'basic_read.test_read', hooks});

/** Changes the users that are read. */
const users = (change: (data: Json) => Json | undefined): BrokenConnector =>
  caught({record: (data, stream) => (stream === 'users' ? change(data) : data)});

const isStatus = (message: Json, status: string): boolean =>
  message['trace']?.stream_status?.status === status;

export const readFaults: Readonly<Record<string, BrokenConnector>> = {
  'a stream has no records': caught({
    record: (data, stream) => (stream === 'events' ? undefined : data),
  }),
  'a number is printed as a string': users((data) => ({...data, balance: String(data['balance'])})),
  'an integer is a fraction': users((data) => ({...data, id: data['id'] + 0.5})),
  'a time is invalid': users((data) => ({...data, seen: 'January 1st, 2026'})),
  'a day is not in the calendar': users((data) => ({...data, joined: '2026-02-30'})),
  'an integer is printed as a float': caught({
    // JSON.stringify can't print 1.0.
    message: (message) => {
      if (message['record']?.stream === 'users') {
        const text = JSON.stringify(message).replace(/"id":(\d+)/, '"id":$1.0');
        process.stdout.write(`${text}\n`);
        return [];
      }
      return [message];
    },
  }),
  'a field is not declared': users((data) => ({...data, nickname: 'x'})),
  'a primary key is null': caught({
    record: (data, stream) => (stream === 'events' ? {...data, id: null} : data),
  }),
  'a record is lost': users((data) => (data['id'] === 5 ? undefined : data)),
  'a value is that of another field': users((data) => ({...data, name: `user-${data['id']}`})),
  'a stream has no STATE': caught({
    message: (message) => (message['state']?.stream.stream_state.done ? [] : [message]),
  }),
  'states are of the old type': caught({
    message: (message) => {
      if (message['type'] === 'STATE' && message['state'].stream.stream_state.done) {
        message['state'].type = undefined;
      }
      return [message];
    },
  }),
  'states do not count': caught({
    message: (message) => {
      if (message['type'] === 'STATE') delete message['state'].sourceStats;
      return [message];
    },
  }),
  'a stream is never RUNNING': caught({
    message: (message) => (isStatus(message, 'RUNNING') ? [] : [message]),
  }),
  'a stream is never COMPLETE': caught({
    message: (message) => (isStatus(message, 'COMPLETE') ? [] : [message]),
  }),
  'a stream is INCOMPLETE without a reason': caught({
    message: (message) => {
      if (isStatus(message, 'COMPLETE')) message['trace'].stream_status.status = 'INCOMPLETE';
      return [message];
    },
  }),
  'a read prints a line without an end': {
    caughtBy: 'basic_read.test_read',
    also: [
      'basic_read.test_airbyte_trace_message_on_failure',
      'full_refresh.test_sequential_reads',
      'incremental.test_state_with_abnormally_large_values',
      'incremental.test_two_sequential_reads',
    ],
    hooks: {
      start: (command) => {
        if (command !== 'read') return undefined;
        for (;;) writeSync(1, 'x'.repeat(65_536));
      },
    },
  },
  'a missing stream is ignored': {
    caughtBy: 'basic_read.test_airbyte_trace_message_on_failure',
    hooks: {
      message: (message, command) =>
        command === 'read' && message['trace']?.type === 'ERROR' ? [] : [message],
    },
  },
};
