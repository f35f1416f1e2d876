// tap-airbyte makes a Singer tap of a source, and target-jsonl loads its output.
import {chmodSync, mkdirSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from '@jest/globals';
import {FAKER, runProgram, workspace} from '../e2e/run-program.ts';
import {besideClients, commandsOf, describeWithClients} from './installed-clients.ts';

// The tap writes its own config.json, catalog.json and state.json here.
const {folder, file} = workspace();
const PYTHON = join(commandsOf('tap-airbyte'), 'python');
const STREAMS = ['users', 'purchases'];

/** The script that the tap calls as /airbyte/base.sh. */
const writeBase = (command: string): void =>
  chmodSync(file('base.sh', `#!/bin/sh\nexec ${command} "$@"\n`), 0o755);

const tap = (...args: readonly string[]) =>
  runProgram(PYTHON, [besideClients('tap_airbyte_run.py'), '--config', ...args], {
    AIRBYTE_FOLDER: folder,
  });

const configOf = (count: number): string => file('tap.json', {airbyte_config: {count}});

/** Selects streams in the catalog of a tap, as people do. */
const choose = async (config: string): Promise<string> => {
  const {stdout} = await tap(config, '--discover');
  const catalog: {streams: {tap_stream_id: string; replication_method: string}[]} =
    JSON.parse(stdout);
  const streams = catalog.streams
    .filter(({tap_stream_id}) => STREAMS.includes(tap_stream_id))
    .map((stream) => ({...stream, replication_method: 'INCREMENTAL'}));
  return file('chosen.json', {streams});
};

const load = async (messages: string) => {
  const landed = join(folder, 'landed');
  mkdirSync(landed, {recursive: true});
  const config = file('target.json', {destination_path: landed, do_timestamp_file: false});
  const target = join(commandsOf('target-jsonl'), 'target-jsonl');
  // The shell replaces the pipe between a tap and a target.
  const script = `"${target}" --config "${config}" < "${file('singer.jsonl', messages)}"`;
  const {status, stdout, stderr} = await runProgram('/bin/sh', ['-c', script]);
  expect({status, stderr}).toMatchObject({status: 0});
  const ids = readdirSync(landed).map((name) => {
    const lines = readFileSync(join(landed, name), 'utf8').trimEnd().split('\n');
    return [name, lines.map((line) => JSON.parse(line).id)];
  });
  return {ids: Object.fromEntries(ids), state: stdout.trimEnd().split('\n').at(-1) ?? ''};
};

const upTo = (last: number): readonly number[] => Array.from({length: last}, (_, at) => at + 1);

const stateOf = (name: string) => ({
  type: 'STREAM',
  stream: {stream_descriptor: {name}, stream_state: {updated_at: '2024-01-01T00:00:10.000Z'}},
  sourceStats: {recordCount: 0},
});

describeWithClients('tap-airbyte', 'target-jsonl')('tap-airbyte', () => {
  test('fails at the first STATE of a stream, by its own fault', async () => {
    writeBase(FAKER);
    const config = configOf(10);
    const {status, stderr} = await tap(config, '--catalog', await choose(config));
    expect(status).toBe(1);
    expect(stderr).toContain("UnboundLocalError: local variable 'unpacked_state'");
  }, 60_000);

  test('loads a source into target-jsonl if its STATEs are translated, but fails with a state as input', async () => {
    writeBase(`"${PYTHON}" "${besideClients('tap_airbyte_base.py')}" "${FAKER}"`);
    const config = configOf(10);
    const catalog = await choose(config);
    const first = await tap(config, '--catalog', catalog);
    expect(first.status).toBe(0);
    const {ids, state} = await load(first.stdout);
    expect(ids).toEqual({'users.jsonl': upTo(10), 'purchases.jsonl': upTo(10)});
    expect(JSON.parse(state)).toEqual({streams: STREAMS.map(stateOf)});

    const second = await tap(config, '--catalog', catalog, '--state', file('given.json', state));
    expect(second.status).toBe(1);
    expect(second.stderr).toContain('TypeError: can only concatenate list (not "dict") to list');
  }, 60_000);
});
