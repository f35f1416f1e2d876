// Catalogs that list a stream more than once.
import {describe, expect, test} from '@jest/globals';
import {item, pagesOf, plain, schema, sorted, stateOf} from '../../test/read/items.ts';
import {parent} from '../author/slices.ts';
import {stream} from '../author/stream.ts';
import {inShort, runRead} from '../testing/run-read.ts';

type Entry = {
  readonly name?: string;
  readonly namespace?: string | null;
  readonly mode?: string;
  readonly json_schema?: object;
};

const catalogOf = (...entries: readonly Entry[]) => ({
  streams: entries.map(({name = 'items', mode = 'incremental', ...rest}) => ({
    stream: {name, json_schema: {type: 'object'}, ...rest},
    sync_mode: mode,
  })),
});

const read = async (...entries: readonly Entry[]) => {
  const above = sorted('items', [item(1), item(2)]);
  const below = stream({
    name: 'below',
    schema,
    slices: parent(above, ({id}) => ({id: Number(id)})),
    read: ({slice}) => pagesOf([item(slice.id + 10)]),
  });
  const {messages, error, complete} = await runRead({
    streams: [above, below, plain('others', [item(5)])],
    catalog: catalogOf(...entries),
    state: stateOf('items', {updated_at: item(1).updated_at}),
  });
  const lines = inShort(messages).filter((line) => !/^(INFO|\w+ STATE)/.test(line));
  return {lines, error, complete};
};

const ONCE = ['items STARTED', 'items RUNNING', 'items {"id":1', 'items {"id":2', 'items COMPLETE'];

const shortened = (lines: readonly string[]): readonly string[] =>
  lines.map((line) => line.replace(/,"updated_at".*/, ''));

describe('a stream that the catalog lists more than once', () => {
  test.each<[string, number, readonly Entry[]]>([
    ['twice', 2, [{}, {}]],
    ['three times', 3, [{}, {}, {}]],
    ['with a namespace that is null', 2, [{}, {namespace: null}]],
    ['with a namespace that is empty', 2, [{namespace: ''}, {}]],
    [
      'with a schema in another order',
      2,
      [
        {json_schema: {type: 'object', properties: {}}},
        {json_schema: {properties: {}, type: 'object'}},
      ],
    ],
  ])('is read once, with a warning: %s', async (_case, times, entries) => {
    const {lines, complete} = await read(...entries);
    expect(shortened(lines)).toEqual([
      `WARN The catalog lists stream items ${times} times; it is read once.`,
      ...ONCE,
    ]);
    expect(complete).toBe(true);
  });

  test.each<[string, string, readonly Entry[]]>([
    ['its mode', 'sync_mode', [{}, {mode: 'full_refresh'}]],
    ['its schema', 'json_schema', [{}, {json_schema: {properties: {id: {}}}}]],
    [
      'both',
      'sync_mode and json_schema',
      [{mode: 'full_refresh'}, {}, {json_schema: {properties: {id: {}}}}],
    ],
  ])(
    'is refused if the entries differ in %s, and the other streams are read',
    async (_case, what, entries) => {
      const {lines, complete} = await read(...entries, {name: 'others', mode: 'full_refresh'});
      const fault = `The catalog lists stream items ${entries.length} times, with different values of ${what}. Remove all but one.`;
      expect(lines).toContain(`items config_error: ${fault}`);
      expect(lines).toContain('others COMPLETE');
      expect(complete).toBe(false);
    },
  );

  test('is read once for its children too', async () => {
    const {lines} = await read(
      {},
      {},
      {name: 'below', mode: 'full_refresh'},
      {name: 'below', mode: 'full_refresh'},
    );
    const records = shortened(lines).filter((line) => line.includes('{'));
    expect(records).toEqual(['items {"id":1', 'items {"id":2', 'below {"id":11', 'below {"id":12']);
  });

  test('and that the source does not have is reported once', async () => {
    const {lines} = await read({name: 'none'}, {name: 'none'});
    expect(lines.filter((line) => line.startsWith('none config_error'))).toHaveLength(1);
  });
});
