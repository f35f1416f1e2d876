import {describe, expect, test} from '@jest/globals';
import {
  at,
  type Item,
  item,
  pagesOf,
  plain,
  schema,
  sorted,
  stateOf,
  unsorted,
} from '../../test/read/items.ts';
import {parent} from '../author/slices.ts';
import {page, stream} from '../author/stream.ts';
import type {Stream} from '../author/stream-types.ts';
import type {Page} from '../author/types.ts';
import {ConfigError, TransientError} from '../errors.ts';
import {catalogOf, inShort, runRead, startRead} from '../testing/run-read.ts';
import {pack} from './deletes/packed-ids.ts';
import {Interrupted} from './turns/abort.ts';

describe('a stream in slices', () => {
  const repositories = (
    names: readonly string[],
    pages: (repository: string, since: unknown) => AsyncIterable<Page<Item>>,
  ) =>
    stream({
      name: 'issues',
      schema,
      cursor: {field: 'updated_at', start: at(0)},
      slices: () => names.map((repository) => ({repository})),
      read: ({slice, since}) => pages(slice.repository, since),
    });

  test('has a position for each slice, and begins a new slice at the start', async () => {
    const seen: unknown[] = [];
    const {messages} = await runRead({
      streams: [
        repositories(['a/x', 'b/y'], (repository, since) => {
          seen.push([repository, since]);
          return pagesOf([item(7)]);
        }),
      ],
      state: stateOf('issues', {
        updated_at: at(5),
        slices: {'repository=a/x': {updated_at: at(4)}, 'repository=gone/z': {updated_at: at(5)}},
      }),
    });
    expect(seen).toEqual([
      ['a/x', at(4)],
      ['b/y', at(0)],
    ]);
    expect(inShort(messages).filter((line) => line.includes('STATE'))).toEqual([
      `issues STATE {"updated_at":"${at(7)}","slices":{"repository=a/x":{"updated_at":"${at(7)}"},"repository=b/y":{"updated_at":"${at(7)}"}}} 2`,
    ]);
  });

  test('continues after a slice that fails, and keeps the position of that slice', async () => {
    const {messages, complete} = await runRead({
      streams: [
        repositories(['a/x', 'b/y'], (repository) =>
          repository === 'a/x'
            ? pagesOf([item(6)], new TransientError('a/x is away for now.'))
            : pagesOf([item(7)]),
        ),
      ],
      state: stateOf('issues', {
        updated_at: at(5),
        slices: {'repository=a/x': {updated_at: at(4)}},
      }),
    });
    expect(complete).toBe(false);
    expect(inShort(messages)).toEqual([
      'issues STARTED',
      'issues RUNNING',
      `issues ${JSON.stringify(item(6))}`,
      'ERROR Stream issues, slice repository=a/x: a/x is away for now.',
      `issues ${JSON.stringify(item(7))}`,
      `issues STATE {"updated_at":"${at(5)}","slices":{"repository=a/x":{"updated_at":"${at(4)}"},"repository=b/y":{"updated_at":"${at(7)}"}},"unfinished":true} 2`,
      'issues INCOMPLETE',
      'INFO Stream issues is incomplete: 2 records.',
      'issues transient_error: repository=a/x: a/x is away for now.',
      'all transient_error: 1 of 1 streams failed: issues. The errors before this one say why.',
    ]);
  });

  test('reads a slice once that is listed twice', async () => {
    const {messages} = await runRead({
      streams: [repositories(['a/x', 'a/x'], () => pagesOf([item(1)]))],
    });
    expect(inShort(messages).filter((line) => line.startsWith('issues {'))).toHaveLength(1);
  });
});

describe('a stream that fails', () => {
  test('is INCOMPLETE with the last good position, and does not stop the others', async () => {
    const {messages, complete} = await runRead({
      streams: [
        sorted('first', [item(1)], new ConfigError('The token expired: make a new one.')),
        sorted('second', [item(2)]),
      ],
    });
    expect(complete).toBe(false);
    expect(inShort(messages)).toEqual([
      'first STARTED',
      'first RUNNING',
      `first ${JSON.stringify(item(1))}`,
      `first STATE {"updated_at":"${at(1)}","unfinished":true} 1`,
      'ERROR Stream first: The token expired: make a new one.',
      'first INCOMPLETE',
      'INFO Stream first is incomplete: 1 records.',
      'second STARTED',
      'second RUNNING',
      `second ${JSON.stringify(item(2))}`,
      `second STATE {"updated_at":"${at(2)}","unfinished":true} 1`,
      `second STATE {"updated_at":"${at(2)}"} 0`,
      'second COMPLETE',
      'INFO Stream second is complete: 1 records.',
      'first config_error: The token expired: make a new one.',
      'all config_error: 1 of 2 streams failed: first. The errors before this one say why.',
    ]);
  });

  test('keeps its old position if its records are in any order', async () => {
    const {messages} = await runRead({
      streams: [unsorted('items', [item(9)], new Error('gone'))],
      state: stateOf('items', {updated_at: at(1)}),
    });
    expect(inShort(messages)).toContain(
      `items STATE {"updated_at":"${at(1)}","unfinished":true} 1`,
    );
    expect(inShort(messages)).toContain(
      'items system_error: The source stopped on an unexpected error: gone. This is a fault in its code: report it with the stack trace.',
    );
  });

  test('keeps its old position if its records are not in the declared order', async () => {
    const {messages} = await runRead({
      streams: [sorted('items', [item(9), item(3)], new Error('gone'))],
    });
    expect(inShort(messages).slice(2, 8)).toEqual([
      `items ${JSON.stringify(item(9))}`,
      `items ${JSON.stringify(item(3))}`,
      'WARN Stream items: Records are not in ascending order of "updated_at", as `cursor.order` declares: the position is saved only at the end of the slice.',
      expect.stringMatching(/^ERROR/),
      'items STATE {"unfinished":true} 2',
      'items INCOMPLETE',
    ]);
  });

  test('reports a value that is not a record', async () => {
    const items = stream({
      name: 'items',
      schema,
      async *read() {
        const odd: Page<Item> = JSON.parse('{"records": [[1]]}');
        yield odd;
      },
    });
    const {messages} = await runRead({streams: [items]});
    expect(inShort(messages)).toContain(
      'items system_error: A record must be an object, but one is an array. Wrap it in `read`, such as {value: …}.',
    );
  });

  test.each([
    [
      'an unknown stream',
      'nowhere',
      'incremental',
      "The catalog names stream nowhere, which this source does not have. It has: items. Run discover again and take the stream's name from there.",
    ],
    [
      'an unknown sync mode',
      'items',
      'INVALID',
      'The catalog sets sync_mode "INVALID" for stream items; it must be one of full_refresh, incremental.',
    ],
  ])(
    'because of %s emits a config_error and its unchanged state',
    async (_case, name, mode, message) => {
      const {messages, complete} = await runRead({
        streams: [sorted('items', [item(1)])],
        catalog: catalogOf([name], mode),
        state: stateOf(name, {updated_at: at(1)}),
      });
      expect(complete).toBe(false);
      expect(inShort(messages)).toEqual([
        `ERROR ${message}`,
        `${name} STARTED`,
        `${name} STATE {"updated_at":"${at(1)}"} 0`,
        `${name} INCOMPLETE`,
        `${name} config_error: ${message}`,
        `all config_error: 1 of 1 streams failed: ${name}. The errors before this one say why.`,
      ]);
    },
  );
});

describe('a read that is stopped', () => {
  test('saves the position it reached, even while it waits for a page that never comes', async () => {
    const stop = new AbortController();
    const items = stream({
      name: 'items',
      schema,
      cursor: {field: 'updated_at', order: 'ascending'},
      async *read() {
        yield page([item(1)]);
        setImmediate(() => stop.abort(new Interrupted('SIGTERM')));
        await new Promise(() => {});
      },
    });
    const {messages, error} = await runRead({
      streams: [items, plain('never')],
      signal: stop.signal,
    });
    expect(error).toBeInstanceOf(Interrupted);
    expect(inShort(messages)).toEqual([
      expect.stringMatching(/^WARN/),
      'items STARTED',
      'items RUNNING',
      `items ${JSON.stringify(item(1))}`,
      `items STATE {"updated_at":"${at(1)}","unfinished":true} 1`,
      'items INCOMPLETE',
      'INFO Stream items is incomplete: 1 records.',
    ]);
  });
});

const forever = (): Promise<never> => new Promise(() => {});

test.each<[string, (stop: () => void) => Stream]>([
  [
    'the identity of a token',
    (stop) =>
      stream({
        name: 'items',
        schema,
        cursor: {
          token: 'last-page',
          identity: () => {
            stop();
            return forever();
          },
        },
        read: () => pagesOf(),
      }),
  ],
  [
    'a record that may have been restored',
    (stop) =>
      stream({
        name: 'items',
        schema,
        primaryKey: ['id'],
        cursor: {field: 'updated_at'},
        deletes: {
          list: {
            at: 'deleted_at',
            restores: {
              within: {weeks: 5_000},
              isRestored: () => true,
              fetch: () => {
                stop();
                return forever();
              },
            },
            async *read() {
              yield {records: [{id: 1, deleted_at: at(2)}]};
            },
          },
        },
        read: () => pagesOf(),
      }),
  ],
])('a read that is stopped while %s does not come ends', async (_what, made) => {
  const stop = new AbortController();
  const ids = pack({'': [[1, at(1)]]});
  const {error} = await runRead({
    streams: [made(() => void setImmediate(() => stop.abort(new Interrupted('SIGTERM'))))],
    state: stateOf('items', {
      updated_at: at(1),
      deletes: {list: {at: {'': at(1)}, deleted: {ids, key: ['id']}}},
    }),
    signal: stop.signal,
  });
  expect(error).toBeInstanceOf(Interrupted);
});

test('a read that is stopped still reports the streams that failed before', async () => {
  const stop = new AbortController();
  const hanging = stream({
    name: 'second',
    schema,
    async *read() {
      setImmediate(() => stop.abort(new Interrupted('SIGTERM')));
      await new Promise(() => {});
      yield page([]);
    },
  });
  const {messages} = await runRead({
    streams: [plain('first', new ConfigError('The token expired.')), hanging],
    catalog: catalogOf(['first', 'second'], 'full_refresh'),
    signal: stop.signal,
  });
  expect(inShort(messages).slice(-2)).toEqual([
    'first config_error: The token expired.',
    'all config_error: 1 of 2 streams failed: first. The errors before this one say why.',
  ]);
});

describe('a slow reader', () => {
  test('stops the source from fetching more than the queue holds', async () => {
    const megabyte = 1024 * 1024;
    let fetched = 0;
    const items = stream({
      name: 'items',
      schema,
      async *read() {
        for (let id = 1; id <= 100; id += 1) {
          fetched = id;
          yield {records: [{id}], bytes: megabyte / 4};
        }
      },
    });
    const reading = startRead({streams: [items], catalog: catalogOf(['items'], 'full_refresh')});
    await reading.next();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(fetched).toBe(5);
    for await (const _emission of reading);
    expect(fetched).toBe(100);
  });
});

describe('a stream that cannot start', () => {
  const other = sorted('other', [item(1)]);

  test.each([
    [
      'because its cursor has an invalid pattern',
      stream({
        name: 'odd',
        schema,
        cursor: {field: 'updated_at', format: {pattern: 'qq'}},
        read: () => pagesOf(),
      }),
    ],
    [
      'because its `migrateState` fails',
      stream({
        name: 'odd',
        schema,
        cursor: {field: 'updated_at'},
        migrateState: () => {
          throw new Error('broken');
        },
        read: () => pagesOf(),
      }),
    ],
  ])('%s keeps its state, and the other streams are read', async (_what, odd) => {
    const child = stream({
      name: 'child',
      schema,
      slices: parent(odd, ({id}) => ({id})),
      read: () => pagesOf(),
    });
    const {messages, complete} = await runRead({
      streams: [odd, other, child],
      concurrency: 3,
      state: stateOf('odd', {updated_at: at(3)}),
    });
    const lines = inShort(messages);
    expect(complete).toBe(false);
    expect(lines).toContain('other COMPLETE');
    expect(lines).toContain(`odd STATE {"updated_at":"${at(3)}"} 0`);
    expect(lines).toContain('odd INCOMPLETE');
    expect(lines.filter((line) => line.startsWith('odd system_error'))).toHaveLength(1);
  });
});
