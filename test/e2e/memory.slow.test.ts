// A program that takes all the memory it is given.
import {expect, test} from '@jest/globals';
import {parseMessages} from '../../cdk/testing/protocol.ts';
import {configuredCatalog, ODD, runProgram, workspace} from './run-program.ts';

const {file} = workspace();
const config = file('config.json', {behaviour: 'keeps all it reads'});
const catalog = file('catalog.json', configuredCatalog(['items']));

/** What a container with so little memory tells Node. */
const LITTLE = 'process.constrainedMemory = () => 200 * 1024 ** 2';

test.each([
  ['a container', ['--import', `data:text/javascript,${encodeURIComponent(LITTLE)}`]],
  ['its heap', ['--max-old-space-size=60', '--max-semi-space-size=1']],
])(
  'a run that fills %s saves its position, says why it ends, and fails',
  async (_what, flags) => {
    const {status, stdout, stderr} = await runProgram(process.execPath, [
      ...flags,
      ODD,
      'read',
      '--config',
      config,
      '--catalog',
      catalog,
    ]);
    const messages = parseMessages(stdout);
    const records = messages.flatMap(({record}) => (record === undefined ? [] : [record.data]));
    const states = messages.flatMap(({state}) => (state === undefined ? [] : [state]));
    const errors = messages.flatMap(({trace}) => (trace?.error === undefined ? [] : [trace.error]));
    expect({status, stderr}).toEqual({status: 1, stderr: ''});
    expect(errors.map(({failure_type, message}) => [failure_type, message])).toEqual([
      [
        'system_error',
        expect.stringMatching(/^The run is ended before it is killed: it takes \d+ of/),
      ],
    ]);
    expect(states.at(-1)?.stream?.stream_state).toMatchObject({id: records.at(-1)?.['id']});
    expect(messages.flatMap(({trace}) => trace?.stream_status?.status ?? [])).toEqual([
      'STARTED',
      'RUNNING',
      'INCOMPLETE',
    ]);
  },
  60_000,
);
