// The contract of a source as a program: argv, exit codes, stdout and stderr.
import {describe, expect, test} from '@jest/globals';
import {lastStates, recordsOf} from '../../cdk/testing/messages.ts';
import {secret} from '../../cdk/testing/secrets.ts';
import {faker} from '../../sources/faker/index.ts';
import {performSource} from './perform.ts';
import {configuredCatalog, FAKER, ODD, runProgram, runSource, workspace} from './run-program.ts';

const {file} = workspace();
const config = (content: object) => file(`config-${Math.random()}.json`, content);
const users = file('users.txt', configuredCatalog(['users']));

describe('the command line', () => {
  test('prints one SPEC line for spec, without a config, from any directory, in any LANG', async () => {
    const {status, messages, stderr} = await runSource(FAKER, ['spec'], {LC_ALL: 'C'});
    expect(messages.map(({type}) => type)).toEqual(['SPEC']);
    expect({status, stderr}).toEqual({status: 0, stderr: ''});
  });

  test.each([
    ['no command', []],
    ['an unknown command', ['fetch']],
    ['an unknown option', ['spec', '--wat']],
    ['a missing option', ['check']],
    ['an option without its value', ['discover', '--config']],
    ['read without a catalog', ['read', '--config', 'c.json']],
  ])(
    'treats %s as a usage error: exit code 2, nothing on stdout, help on stderr',
    async (_case, args) => {
      const {status, stdout, stderr} = await runProgram(FAKER, args);
      expect({status, stdout}).toEqual({status: 2, stdout: ''});
      expect(stderr).toContain('Usage: source-faker');
    },
  );

  test.each([[['--help']], [['read', '--help']], [['--version']]])(
    'prints to stdout for %j, and exits with 0',
    async (args) => {
      const {status, stdout, stderr} = await runProgram(FAKER, args);
      expect({status, stderr}).toEqual({status: 0, stderr: ''});
      expect(stdout).toMatch(/^(Usage: source-faker|\d+\.\d+\.\d+\n)/);
    },
  );

  test('accepts --option=value, and a config with any file name', async () => {
    const {status, messages} = await runSource(FAKER, [
      'check',
      `--config=${file('config.txt', {count: 1})}`,
    ]);
    expect(messages).toEqual([
      {type: 'CONNECTION_STATUS', connectionStatus: {status: 'SUCCEEDED'}},
    ]);
    expect(status).toBe(0);
  });

  test('ignores config keys that are internal to a client', async () => {
    const {messages} = await performSource(faker, [
      'check',
      '--config',
      config({count: 1, _limit: 10, _page_size: 5}),
    ]);
    expect(messages.at(-1)?.connectionStatus).toEqual({status: 'SUCCEEDED'});
  });
});

describe('discover', () => {
  test('lists every stream with its keys and modes, and without nulls', async () => {
    const {messages, status} = await performSource(faker, ['discover', '--config', config({})]);
    const streams = messages[0]?.catalog?.streams.map(({json_schema, ...stream}) => ({
      ...stream,
      fields: Object.keys(Object(json_schema['properties'])).length > 0,
    }));
    const stream = (name: string) => ({
      name,
      supported_sync_modes: ['full_refresh', 'incremental'],
      source_defined_cursor: true,
      default_cursor_field: ['updated_at'],
      is_resumable: true,
      source_defined_primary_key: [['id']],
      fields: true,
    });
    expect(streams).toEqual([stream('users'), stream('products'), stream('purchases')]);
    expect(status).toBe(0);
  });
});

describe('read', () => {
  test('emits the same bytes for the same seed, with any slices and threads', async () => {
    const rows = async (settings: object) => {
      const {messages} = await runSource(FAKER, [
        'read',
        '--config',
        config({count: 250, ...settings}),
        '--catalog',
        users,
      ]);
      return JSON.stringify(recordsOf(messages, 'users'));
    };
    const first = await rows({seed: 7});
    expect(await rows({seed: 7, records_per_slice: 33, parallelism: 3})).toBe(first);
    expect(await rows({seed: 8})).not.toBe(first);
  });

  test('continues from its own state and emits only new rows', async () => {
    const read = async (count: number, state: unknown) =>
      performSource(faker, [
        'read',
        '--config',
        config({count}),
        '--catalog',
        users,
        '--state',
        file(`state-${count}.txt`, state),
      ]);
    const first = await read(100, []);
    const second = await read(130, lastStates(first.messages));
    const third = await read(130, lastStates(second.messages));
    expect(recordsOf(first.messages, 'users').map(({id}) => id)).toEqual(
      Array.from({length: 100}, (_, index) => index + 1),
    );
    expect(recordsOf(second.messages, 'users').map(({id}) => id)).toEqual(
      Array.from({length: 30}, (_, index) => index + 101),
    );
    expect(recordsOf(third.messages, 'users')).toEqual([]);
    expect(lastStates(third.messages)).toEqual([
      {
        type: 'STREAM',
        stream: {
          stream_descriptor: {name: 'users'},
          stream_state: {updated_at: '2024-01-01T00:02:10.000Z'},
        },
        sourceStats: {recordCount: 0},
      },
    ]);
  });

  test('emits all rows again with a new time if they are always updated', async () => {
    const args = ['read', '--config', config({count: 5, always_updated: true}), '--catalog', users];
    const first = await performSource(faker, args);
    const state = file('always.json', lastStates(first.messages));
    const second = await performSource(faker, [...args, '--state', state]);
    expect(recordsOf(second.messages, 'users')).toHaveLength(5);
  });

  test('counts in each state the records since the one before', async () => {
    const {messages} = await runSource(FAKER, [
      'read',
      '--config',
      config({count: 2500}),
      '--catalog',
      file('all.json', configuredCatalog(['users', 'products', 'purchases'])),
    ]);
    const counts = messages.flatMap(({state}) => (state === undefined ? [] : [state]));
    const counted = (name: string) =>
      counts
        .filter(({stream}) => stream?.stream_descriptor.name === name)
        .reduce((sum, {sourceStats}) => sum + (sourceStats?.recordCount ?? 0), 0);
    expect(['users', 'products', 'purchases'].map(counted)).toEqual([2500, 100, 2500]);
    expect(recordsOf(messages, 'purchases')).toHaveLength(2500);
  });
});

describe('output that bypasses the kit', () => {
  test('becomes a LOG with its secrets masked', async () => {
    const {messages, status, stderr} = await runSource(ODD, [
      'check',
      '--config',
      config({behaviour: 'prints to the console', token: secret('printed')}),
    ]);
    expect(messages).toEqual([
      {type: 'LOG', log: {level: 'INFO', message: 'hello there'}},
      {type: 'LOG', log: {level: 'WARN', message: 'careful { a: 1 }'}},
      {type: 'LOG', log: {level: 'ERROR', message: 'the token is ****'}},
      {type: 'LOG', log: {level: 'INFO', message: 'straight to stdout'}},
      {type: 'CONNECTION_STATUS', connectionStatus: {status: 'SUCCEEDED'}},
    ]);
    expect({status, stderr}).toEqual({status: 0, stderr: ''});
  });

  test.each([
    ['--debug', ['--debug'], {}],
    ['LOG_LEVEL=debug', [], {LOG_LEVEL: 'debug'}],
  ])('includes DEBUG and warnings with %s', async (_case, option, env) => {
    const args = ['check', '--config', config({behaviour: 'prints to the console'}), ...option];
    const {messages} = await runSource(ODD, args, env);
    const debug = messages.filter(({log}) => log?.level === 'DEBUG').map(({log}) => log?.message);
    expect(debug).toEqual(['details', expect.stringContaining('an odd thing')]);
  });
});

describe('an uncaught error', () => {
  test.each([
    ['throws where nobody catches', 'lost in a timer'],
    ['forgets to catch', 'lost in a promise'],
  ])(
    'of a source that %s is a FATAL log, a TRACE ERROR and exit code 1',
    async (behaviour, text) => {
      const {messages, status, stderr} = await runSource(ODD, [
        'check',
        '--config',
        config({behaviour}),
      ]);
      const message = `The source stopped on an unexpected error: ${text}. This is a fault in its code: report it with the stack trace.`;
      expect(messages).toEqual([
        {
          type: 'LOG',
          log: {level: 'FATAL', message, stack_trace: expect.stringContaining('odd/main.ts')},
        },
        {
          type: 'TRACE',
          trace: {
            type: 'ERROR',
            emitted_at: expect.any(Number),
            error: {
              message,
              internal_message: `Error: ${text}`,
              stack_trace: expect.stringContaining('odd/main.ts'),
              failure_type: 'system_error',
            },
          },
        },
      ]);
      expect({status, stderr}).toEqual({status: 1, stderr: ''});
    },
  );

  test('is reported for a promise that never settles', async () => {
    const {messages, status} = await runSource(ODD, [
      'check',
      '--config',
      config({behaviour: 'waits for nothing'}),
    ]);
    expect(messages[0]?.log?.message).toBe(
      'The source waits for a promise that never settles: nothing else is left to do. Look for it in the code of the source.',
    );
    expect(status).toBe(1);
  });
});

test('a timer that a source leaves open does not keep the program alive', async () => {
  const {status} = await runSource(ODD, [
    'check',
    '--config',
    config({behaviour: 'leaves a timer behind'}),
  ]);
  expect(status).toBe(0);
});
