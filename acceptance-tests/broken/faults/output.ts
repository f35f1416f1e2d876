// Faults in the output that the invariants see, some of them as the only ones.
import type {BrokenConnector, Hooks, Json} from './hooks.ts';

const invariant = (name: string, hooks: Hooks, also: readonly string[] = []): BrokenConnector => ({
  caughtBy: `invariants.${name}`,
  also,
  hooks,
});

const typeOf = (message: Json): string => String(message['type']);

/** Changes the messages of a type. */
const each = (type: string, change: (message: Json) => readonly Json[]): Hooks => ({
  message: (message) => (typeOf(message) === type ? change(message) : [message]),
});

const statusOf = (message: Json): unknown => message['trace']?.stream_status?.status;

const isOfUsers = (message: Json): boolean =>
  message['trace'].stream_status.stream_descriptor.name === 'users';

const log = (message: string, level = 'INFO'): Json => ({type: 'LOG', log: {level, message}});

/** Prints a LOG with the token in some form. */
const leak = (form: (token: string) => string): Hooks => ({
  message: (message) =>
    statusOf(message) === 'STARTED' ? [message, log(form('a-token-that-works'))] : [message],
});

const READ = 'basic_read.test_read';

/** Keeps the last record until the STATE after it has been printed. */
const lateRecord = (): Hooks => {
  let held: Json | undefined;
  return {
    message: (message) => {
      const record = message['record'];
      if (record?.stream === 'events' && record.data.id === 'e12') {
        held = message;
        return [];
      }
      if (typeOf(message) !== 'STATE' || held === undefined) return [message];
      const [late, state] = [held, message['state']];
      held = undefined;
      state.sourceStats.recordCount -= 1;
      return [message, late];
    },
  };
};

/** The second STATE of a stream goes back to the third of January. */
const stuckThenBack = (): Hooks => {
  const seen = new Set<string>();
  return {
    state: (blob, stream) => {
      const isFirst = !seen.has(stream);
      seen.add(stream);
      const entries = Object.entries(blob);
      return isFirst || 'done' in blob
        ? blob
        : Object.fromEntries(
            entries.map(([field, cursor]) => [
              field,
              String(cursor).replace(/-\d\d(?=T|$)/, '-03'),
            ]),
          );
    },
  };
};

const totals = (): Hooks => {
  const sums = new Map<string, number>();
  return each('STATE', (message) => {
    const {stream, sourceStats} = message['state'];
    const {name} = stream.stream_descriptor;
    sums.set(name, (sums.get(name) ?? 0) + sourceStats.recordCount);
    sourceStats.recordCount = sums.get(name);
    return [message];
  });
};

export const outputFaults: Readonly<Record<string, BrokenConnector>> = {
  'a banner is on stdout': invariant('one-message-a-line', {
    start: (command) => {
      if (command === 'read') process.stdout.write('Starting the connector…\n');
      return undefined;
    },
  }),
  'an empty line is between messages': invariant('one-message-a-line', {
    message: (message) => {
      if (statusOf(message) === 'RUNNING') process.stdout.write('\n');
      return [message];
    },
  }),
  'U+2028 is in a LOG': invariant('line-separators', {
    message: (message) =>
      statusOf(message) === 'STARTED' ? [message, log('a\u2028b')] : [message],
  }),
  'a LOG has an unknown level': invariant('protocol-schema', {
    message: (message) =>
      statusOf(message) === 'STARTED' ? [message, log('hello', 'LOUD')] : [message],
  }),
  'emitted_at of statuses is in seconds': invariant(
    'emitted-at',
    each('TRACE', (message) => {
      message['trace'].emitted_at = Math.round(message['trace'].emitted_at / 1000);
      return [message];
    }),
  ),
  'null is in a STATE': invariant(
    'no-explicit-nulls',
    each('STATE', (message) => {
      message['state'].data = null;
      return [message];
    }),
  ),
  'a CONNECTION_STATUS is in a read': invariant('one-response', {
    message: (message, command) =>
      command === 'read' && statusOf(message) === 'STARTED'
        ? [{type: 'CONNECTION_STATUS', connectionStatus: {status: 'SUCCEEDED'}}, message]
        : [message],
  }),
  'a status is of a stream that is not configured': invariant('configured-streams-only', {
    message: (message) => {
      if (statusOf(message) !== 'STARTED' || isOfUsers(message)) return [message];
      const stream_status = {stream_descriptor: {name: 'pets'}, status: 'STARTED'};
      return [message, {type: 'TRACE', trace: {...message['trace'], stream_status}}];
    },
  }),
  'only RUNNING has a namespace': invariant(
    'consistent-namespaces',
    {
      message: (message) => {
        if (statusOf(message) === 'RUNNING') {
          message['trace'].stream_status.stream_descriptor = {
            ...message['trace'].stream_status.stream_descriptor,
            namespace: 'public',
          };
        }
        return [message];
      },
    },
    [READ],
  ),
  'recordCount is one too many': invariant(
    'exact-counts',
    each('STATE', (message) => {
      message['state'].sourceStats.recordCount += 1;
      return [message];
    }),
  ),
  'recordCount is a total': invariant('exact-counts', totals()),
  'the last record comes after the last STATE': invariant('state-covers-records', lateRecord(), [
    'invariants.state-never-ahead',
  ]),
  'each STATE comes twice': invariant(
    'no-identical-states',
    each('STATE', (message) => [
      message,
      {...message, state: {...message['state'], sourceStats: {recordCount: 0}}},
    ]),
  ),
  'the last STATE goes back to the first': invariant('watermark-never-back', stuckThenBack(), [
    'incremental.test_read_sequential_slices',
  ]),
  'COMPLETE comes before the last STATE': invariant(
    'status-order',
    (() => {
      let held: Json | undefined;
      return {
        message: (message: Json) => {
          if (typeOf(message) === 'STATE' && JSON.stringify(message).includes('2026-01-12')) {
            held = message;
            return [];
          }
          if (statusOf(message) !== 'COMPLETE' || held === undefined) return [message];
          const state = held;
          held = undefined;
          return [message, state];
        },
      };
    })(),
    ['invariants.state-covers-records'],
  ),
  'an unknown stream is COMPLETE': invariant(
    'status-order',
    {
      message: (message) => {
        if (statusOf(message) === 'INCOMPLETE') message['trace'].stream_status.status = 'COMPLETE';
        return [message];
      },
    },
    ['invariants.every-stream-ends'],
  ),
  'the exit code is 0 after INCOMPLETE': invariant('exit-code', {
    start: (command) => {
      if (command === 'read') {
        process.once('exit', () => {
          process.exitCode = 0;
        });
      }
      return undefined;
    },
  }),
  'the token is in a LOG': invariant(
    'no-secrets',
    leak((token) => `token ${token}`),
  ),
  'the token is in a header in a LOG': invariant(
    'no-secrets',
    leak((token) => `Basic ${Buffer.from(`joe:${token}`).toString('base64')}`),
  ),
  'the token is in hex in a LOG': invariant(
    'no-secrets',
    leak((token) => Buffer.from(token).toString('hex')),
  ),
  'LEGACY states come with the others': invariant(
    'state-form',
    each('STATE', (message) => [
      {type: 'STATE', state: {type: 'LEGACY', data: {page: 1}, sourceStats: {recordCount: 0}}},
      message,
    ]),
    [READ],
  ),
};
