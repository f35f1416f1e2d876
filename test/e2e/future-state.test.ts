import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import {page, stream} from 'headwater';
import type {Outcome} from '../../acceptance-tests/check-kit/check.ts';
import {incremental} from '../../acceptance-tests/checks/future-state.ts';
import {settingsOf} from '../../acceptance-tests/config/load.ts';
import type {Connector, Inputs, Run} from '../../acceptance-tests/connectors/connector.ts';
import type {DeletedList} from '../../cdk/author/deletes.ts';
import type {Slice} from '../../cdk/author/types.ts';
import {runRead} from '../../cdk/testing/run-read.ts';
import {at, type Item, item, schema} from '../read/items.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'headwater-future-'));
  writeFileSync(join(folder, 'config.json'), '{}');
});
afterAll(() => rmSync(folder, {recursive: true, force: true}));

type SetUp = {
  readonly list?: Partial<DeletedList<Item, Slice>>;
  readonly slices?: () => readonly Slice[];
  readonly gone?: string | number;
  readonly untimed?: boolean;
};

/** A stream of this kit with a list of deleted records, which filters by `since` as APIs do. */
const streamOf = ({list, slices, untimed, gone = at(5)}: SetUp) =>
  stream({
    name: 'items',
    schema,
    primaryKey: ['id'],
    cursor: {field: 'updated_at'},
    ...(slices && {slices}),
    deletes: {
      list: {
        ...(!untimed && {at: 'deleted_at'}),
        async *read({since}) {
          const isOld = since !== undefined && String(since) > String(gone);
          yield page(isOld ? [] : [{id: 9, deleted_at: gone}]);
        },
        ...list,
      },
    },
    async *read({since}) {
      yield page(since === undefined || String(since) <= at(1) ? [item(1)] : []);
    },
  });

const linesOf = async (setUp: SetUp, {catalog, state}: Inputs) => {
  const {messages} = await runRead({streams: [streamOf(setUp)], catalog, state});
  return messages.map((json) => ({text: JSON.stringify(json), json}));
};

const CATALOG = {
  type: 'CATALOG',
  catalog: {
    streams: [
      {
        name: 'items',
        json_schema: {},
        supported_sync_modes: ['full_refresh', 'incremental'],
        default_cursor_field: ['updated_at'],
      },
    ],
  },
};

const connectorOf = (setUp: SetUp): Connector => ({
  label: 'fake',
  image: undefined,
  run: async (command, inputs): Promise<Run> => ({
    ...{command, commandLine: command, inputs, stderr: ''},
    lines: command === 'discover' ? [{text: '', json: CATALOG}] : await linesOf(setUp, inputs),
    ...{exit: {code: 0, signal: null}, startedAt: 0, took: 1},
    ...{firstLineAfter: 1, peakMemory: undefined},
  }),
});

const check = async (setUp: SetUp, state: unknown): Promise<Outcome> => {
  const file = {items: state};
  writeFileSync(join(folder, 'abnormal_state.json'), JSON.stringify(file));
  const tests = [
    {config_path: 'config.json', future_state: {future_state_path: 'abnormal_state.json'}},
  ];
  const settings = await settingsOf(
    {connector_image: 'x', acceptance_tests: {incremental: {tests}}},
    join(folder, 'acceptance-test-config.yml'),
  );
  const [, , futureState] = incremental;
  if (futureState === undefined) throw new Error('The check is gone.');
  return futureState.run({connector: connectorOf(setUp), settings});
};

/** The state that the advice suggests. */
const suggested = (outcome: Outcome): unknown => {
  const [fault] = 'faults' in outcome ? outcome.faults : [];
  const text = /stream_state in \S+ would be (\{.*\})$/.exec(fault?.advice ?? '')?.[1];
  return text === undefined ? undefined : JSON.parse(text);
};

const FUTURE = {updated_at: '2999-01-01T00:00:00.000Z'};

describe('a list of deleted records needs a position of its own in the future', () => {
  test.each<[string, SetUp]>([
    ['of a stream without slices', {}],
    ['of each slice', {slices: () => [{shop: 'a'}, {shop: 'b'}]}],
    ['in epoch seconds', {gone: 1_767_000_000, list: {format: 'epoch-s'}}],
    ['in epoch milliseconds', {gone: 1_767_000_000_000, list: {format: 'epoch-ms'}}],
    ['of items without a time', {untimed: true}],
  ])('%s', async (_what, given) => {
    const slices = given.slices && {'shop=a': FUTURE, 'shop=b': FUTURE};
    const state = {...FUTURE, ...(slices && {slices})};
    const failed = await check(given, state);
    expect(failed).toMatchObject({
      status: 'failed',
      faults: [
        {
          reason: 'items: a record was read, although the state is from the far future',
          advice: expect.stringContaining(
            'This record is a deleted one. The list of deleted records has a position of its own',
          ),
        },
      ],
    });
    const better = suggested(failed);
    expect(await check(given, better)).toEqual({status: 'passed'});
  });
});
