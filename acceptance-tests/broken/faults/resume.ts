// Faults of a second read, either complete or from a state.
import type {BrokenConnector, Hooks} from './hooks.ts';

const two = (hooks: Hooks, also: readonly string[] = []): BrokenConnector => ({
  caughtBy: 'incremental.test_two_sequential_reads',
  also,
  hooks,
});

const slices = (hooks: Hooks): BrokenConnector => ({
  caughtBy: 'incremental.test_read_sequential_slices',
  hooks,
});

const future = (hooks: Hooks): BrokenConnector => ({
  caughtBy: 'incremental.test_state_with_abnormally_large_values',
  hooks,
});

/** The checks that read from a state, each of which sees that states are not used. */
const ALL_THAT_RESUME = [
  'incremental.test_read_sequential_slices',
  'incremental.test_state_with_abnormally_large_values',
];

const isFar = (cursor: string): boolean => cursor.startsWith('2999');

export const resumeFaults: Readonly<Record<string, BrokenConnector>> = {
  'ids are new in each read': {
    caughtBy: 'full_refresh.test_sequential_reads',
    hooks: {
      record: (data, stream) =>
        stream === 'events' ? {...data, id: `${data['id']}-${process.pid}`} : data,
    },
  },
  'emitted_at is the same in each read': {
    caughtBy: 'full_refresh.test_sequential_reads',
    hooks: {
      message: (message) => {
        if (message['type'] === 'RECORD') message['record'].emitted_at = 1_767_225_600_000;
        return [message];
      },
    },
  },
  'the state is not used': two({since: () => ''}, ALL_THAT_RESUME),
  'the state is not used, and has no cursor': two({since: () => '', state: () => ({page: 3})}, [
    'incremental.test_state_with_abnormally_large_values',
  ]),
  'a read begins a few days before its state': two(
    {since: (cursor) => (cursor === '' || isFar(cursor) ? cursor : '2026-01-02')},
    ['incremental.test_read_sequential_slices'],
  ),
  'a read with a state fails': two(
    {
      start: (command, {state, fail}) => {
        if (command !== 'read' || state === undefined || JSON.stringify(state).includes('2999')) {
          return undefined;
        }
        fail('What is this state?');
        return 'stop';
      },
    },
    ['incremental.test_read_sequential_slices'],
  ),
  'only a final state is understood': slices({
    since: (cursor) => (cursor.startsWith('2026-01-12') || isFar(cursor) ? cursor : ''),
  }),
  'the last state is behind its records': slices({
    state: (blob, stream) =>
      stream === 'users' && blob['updated_at'] === '2026-01-12T00:00:00Z'
        ? {updated_at: '2026-01-10T00:00:00Z'}
        : blob,
  }),
  'a state from the future is not used': future({
    since: (cursor) => (isFar(cursor) ? '' : cursor),
  }),
  'deleted records are listed from their beginning': future({
    message: (message) => {
      if (!JSON.stringify(message['state'] ?? '').includes('2999')) return [message];
      const {name} = message['state'].stream.stream_descriptor;
      if (name !== 'users') return [message];
      const data = {id: 99, updated_at: '2026-01-12T00:00:00Z', _deleted_at: '2026-01-13'};
      message['state'].sourceStats.recordCount += 1;
      const record = {stream: name, data, emitted_at: Date.now()};
      return [{type: 'RECORD', record}, message];
    },
  }),
  'a read of a future state fails': future({
    start: (command, {state, fail}) => {
      if (command !== 'read' || !JSON.stringify(state ?? '').includes('2999')) return undefined;
      fail('This state is of the future.');
      return 'stop';
    },
  }),
  'a read without new records prints no STATE': future({
    message: (message) => (JSON.stringify(message).includes('2999') ? [] : [message]),
  }),
};
