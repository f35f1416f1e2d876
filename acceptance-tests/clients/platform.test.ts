import {expect, test} from '@jest/globals';
import {settingsOf} from '../config/load.ts';
import type {Connector, Run} from '../connectors/connector.ts';
import {platform} from './platform.ts';

type Data = Readonly<Record<string, unknown>>;

const CONFIG = new URL('../broken/healthy/acceptance-test-config.yml', import.meta.url).pathname;

/** A connector whose slow reader gets other records than its fast one. */
const connectorOf = (
  primaryKey: readonly string[],
  fast: readonly Data[],
  slow: readonly Data[],
): Connector => ({
  label: 'fake',
  image: undefined,
  run: async (command, inputs, style): Promise<Run> => {
    const stream = {
      ...{name: 'rows', json_schema: {}, supported_sync_modes: ['full_refresh']},
      source_defined_primary_key: primaryKey.map((field) => [field]),
    };
    const records = style?.pause === undefined ? fast : slow;
    const messages =
      command === 'discover'
        ? [{type: 'CATALOG', catalog: {streams: [stream]}}]
        : records.map((data) => ({type: 'RECORD', record: {stream: 'rows', data, emitted_at: 0}}));
    return {
      ...{command, commandLine: command, inputs, stderr: ''},
      lines: messages.map((json) => ({text: JSON.stringify(json), json})),
      ...{exit: {code: 0, signal: null}, startedAt: Date.now(), took: 1},
      ...{firstLineAfter: 1, peakMemory: undefined},
    };
  },
});

const statusOf = async (connector: Connector): Promise<string> => {
  const tests = [{config_path: 'integration_tests/sample_config.json'}];
  const settings = await settingsOf(
    {connector_image: 'x', acceptance_tests: {basic_read: {tests}}},
    CONFIG,
  );
  const check = platform.find(({name}) => name === 'test_platform_slow_reader');
  return (await check?.run({connector, settings}))?.status ?? 'missing';
};

const ONE = {id: 1, at: '2026-01-01'};
const CHANGED = {id: 1, at: '2026-01-02'};
const TWO = {id: 2, at: '2026-01-01'};

test('a slow reader may get fewer versions of a record', async () => {
  expect(await statusOf(connectorOf(['id'], [ONE, TWO, CHANGED], [TWO, CHANGED]))).toBe('passed');
});

test('a slow reader may not miss a record', async () => {
  expect(await statusOf(connectorOf(['id'], [ONE, TWO], [ONE, CHANGED]))).toBe('failed');
});

test('without a primary key, each record that differs counts', async () => {
  expect(await statusOf(connectorOf([], [ONE, CHANGED], [ONE]))).toBe('failed');
});
