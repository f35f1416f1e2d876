// airbyte-serverless prints a source, and passes its states back.
import {join} from 'node:path';
import {expect, test} from '@jest/globals';
import {FAKER, runProgram} from '../e2e/run-program.ts';
import {besideClients, commandsOf, describeWithClients, lastLineOf} from './installed-clients.ts';

const print = async (task: object) => {
  const python = join(commandsOf('airbyte-serverless'), 'python');
  const args = [besideClients('airbyte_serverless_print.py'), JSON.stringify(task)];
  const {status, stdout, stderr} = await runProgram(python, args);
  expect({status, stderr}).toMatchObject({status: 0});
  return {stdout, last: lastLineOf(stdout)};
};

const stateAt = (updated_at: string, recordCount: number) => ({
  type: 'STREAM',
  stream: {stream_descriptor: {name: 'users'}, stream_state: {updated_at}},
  sourceStats: {recordCount},
});

describeWithClients('airbyte-serverless')('airbyte-serverless', () => {
  test('checks, discovers and prints a source, and prints only new records from its states', async () => {
    const common = {executable: FAKER, streams: ['users']};
    const first = await print({...common, config: {count: 3}, state: null});
    expect(first.last).toEqual({
      status: {status: 'SUCCEEDED'},
      example: expect.stringContaining(`executable: "${FAKER}"`),
      counts: {users: 3},
      states: expect.arrayContaining([stateAt('2024-01-01T00:00:03.000Z', 0)]),
    });
    expect(first.stdout.match(/^_AIRBYTE_RAW_USERS$/gm)).toHaveLength(1);
    expect(first.stdout).not.toContain('NOT JSON');

    const state = [stateAt('2024-01-01T00:00:03.000Z', 0)];
    const second = await print({...common, config: {count: 5}, state});
    expect(second.last).toMatchObject({
      counts: {users: 2},
      states: expect.arrayContaining([stateAt('2024-01-01T00:00:05.000Z', 0)]),
    });
  }, 60_000);
});
