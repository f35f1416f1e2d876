import {describe, expect, test} from '@jest/globals';
import {
  at,
  type Item,
  item,
  plain,
  schema,
  sorted,
  stateOf,
  unsorted,
} from '../../test/read/items.ts';
import {page, stream} from '../author/stream.ts';
import type {Schema} from '../author/types.ts';
import {catalogOf, inShort, NOW, runRead} from '../testing/run-read.ts';

describe('a read', () => {
  test('emits STARTED, RUNNING, the records, a STATE that counts them, and COMPLETE', async () => {
    const {messages, complete} = await runRead({streams: [plain('items', [{id: 1}, {id: 2}])]});
    const status = (name: string) => ({
      type: 'TRACE',
      trace: {
        type: 'STREAM_STATUS',
        emitted_at: NOW,
        stream_status: {stream_descriptor: {name: 'items'}, status: name},
      },
    });
    const record = (id: number) => ({
      type: 'RECORD',
      record: {stream: 'items', data: {id}, emitted_at: NOW},
    });
    expect(complete).toBe(true);
    expect(messages).toEqual([
      {
        type: 'LOG',
        log: {
          level: 'WARN',
          message:
            'Stream items has no cursor, so it cannot be read incrementally; all of it is read.',
        },
      },
      status('STARTED'),
      status('RUNNING'),
      record(1),
      record(2),
      {
        type: 'STATE',
        state: {
          type: 'STREAM',
          stream: {
            stream_descriptor: {name: 'items'},
            stream_state: {__ab_no_cursor_state_message: true},
          },
          sourceStats: {recordCount: 2},
        },
      },
      status('COMPLETE'),
      {type: 'LOG', log: {level: 'INFO', message: 'Stream items is complete: 2 records.'}},
    ]);
  });

  test('emits a STATE and all statuses for a stream without records', async () => {
    const {messages} = await runRead({streams: [sorted('items')]});
    expect(inShort(messages)).toEqual([
      'items STARTED',
      'items RUNNING',
      'items STATE {"__ab_no_cursor_state_message":true} 0',
      'items COMPLETE',
      'INFO Stream items is complete: 0 records.',
    ]);
  });

  test('saves the position after each page of a stream in ascending order', async () => {
    const {messages} = await runRead({streams: [sorted('items', [item(1), item(2)], [item(3)])]});
    expect(inShort(messages)).toEqual([
      'items STARTED',
      'items RUNNING',
      `items ${JSON.stringify(item(1))}`,
      `items ${JSON.stringify(item(2))}`,
      `items STATE {"updated_at":"${at(2)}","unfinished":true} 2`,
      `items ${JSON.stringify(item(3))}`,
      `items STATE {"updated_at":"${at(3)}","unfinished":true} 1`,
      `items STATE {"updated_at":"${at(3)}"} 0`,
      'items COMPLETE',
      'INFO Stream items is complete: 3 records.',
    ]);
  });

  test('saves the position of a stream in any order only at its end', async () => {
    const {messages} = await runRead({streams: [unsorted('items', [item(3)], [item(1)])]});
    expect(inShort(messages).filter((line) => line.includes('STATE'))).toEqual([
      `items STATE {"updated_at":"${at(3)}"} 2`,
    ]);
  });

  test('saves no more often than the checkpoint interval', async () => {
    let now = NOW;
    const pages = async function* () {
      for (const id of [1, 2, 3, 4]) {
        now += 40_000;
        yield page([item(id)]);
      }
    };
    const items = stream({
      name: 'items',
      schema,
      cursor: {field: 'updated_at', order: 'ascending'},
      checkpointInterval: {minutes: 1},
      read: pages,
    });
    const {messages} = await runRead({streams: [items], now: () => now});
    expect(inShort(messages).filter((line) => line.includes('STATE'))).toEqual([
      `items STATE {"updated_at":"${at(2)}","unfinished":true} 2`,
      `items STATE {"updated_at":"${at(4)}","unfinished":true} 2`,
      `items STATE {"updated_at":"${at(4)}"} 0`,
    ]);
  });

  test('does not emit the same state twice when a page has only ties', async () => {
    const {messages} = await runRead({
      streams: [sorted('items', [item(1, 5)], [item(2, 5)], [item(3, 5)])],
    });
    expect(inShort(messages).filter((line) => line.includes('STATE'))).toEqual([
      `items STATE {"updated_at":"${at(5)}","unfinished":true} 1`,
      `items STATE {"updated_at":"${at(5)}"} 2`,
    ]);
  });

  test('neither emits nor counts empty objects', async () => {
    const objects: Schema<object> = {type: 'object'};
    const items = stream({
      name: 'items',
      schema: objects,
      read: async function* () {
        yield page([{}, {id: 1}, {}]);
      },
    });
    const {messages} = await runRead({
      streams: [items],
      catalog: catalogOf(['items'], 'full_refresh'),
    });
    expect(inShort(messages)).toEqual([
      'items STARTED',
      'items RUNNING',
      'items {"id":1}',
      'items STATE {"__ab_no_cursor_state_message":true} 1',
      'items COMPLETE',
      'INFO Stream items is complete: 1 records.',
    ]);
  });
});

describe('a read with a state', () => {
  const sinceSeen = (name: string, seen: unknown[], ...records: Item[]) =>
    stream({
      name,
      schema,
      cursor: {field: 'updated_at', start: at(0)},
      async *read({since}) {
        seen.push(since);
        yield page(records);
      },
    });

  test('begins at its position, and without one at the start', async () => {
    const seen: unknown[] = [];
    const streams = [sinceSeen('items', seen, item(4))];
    await runRead({streams});
    await runRead({streams, state: stateOf('items', {updated_at: at(3)})});
    expect(seen).toEqual([at(0), at(3)]);
  });

  test('ignores it in a full refresh', async () => {
    const seen: unknown[] = [];
    await runRead({
      streams: [sinceSeen('items', seen)],
      catalog: catalogOf(['items'], 'full_refresh'),
      state: stateOf('items', {updated_at: at(3)}),
    });
    expect(seen).toEqual([at(0)]);
  });

  test('never moves the position back, except from the future', async () => {
    const states = async (updated_at: string) => {
      const {messages} = await runRead({
        streams: [sinceSeen('items', [])],
        state: stateOf('items', {updated_at}),
      });
      return inShort(messages).filter((line) => line.startsWith('items STATE'));
    };
    expect([await states('2026-01-01T00:00:59Z'), await states('2099-01-01T00:00:00Z')]).toEqual([
      ['items STATE {"updated_at":"2026-01-01T00:00:59Z"} 0'],
      ['items STATE {"updated_at":"2025-12-31T23:59:00Z"} 0'],
    ]);
  });

  test('never saves a position later than a minute before its start, in the format of the records', async () => {
    const {messages} = await runRead({
      streams: [sinceSeen('items', [], {id: 1, updated_at: '2026-01-01T00:00:30Z'})],
    });
    expect(inShort(messages)).toContain('items STATE {"updated_at":"2025-12-31T23:59:00Z"} 1');
  });

  test("warns and starts over if the state is another connector's", async () => {
    const seen: unknown[] = [];
    const {messages, complete} = await runRead({
      streams: [sinceSeen('items', seen)],
      state: stateOf('items', {lsn: 12}),
    });
    expect(complete).toBe(true);
    expect(seen).toEqual([at(0)]);
    expect(inShort(messages)[0]).toBe(
      'WARN The state of stream items has no "updated_at", only lsn: it seems to be another connector\'s. The stream is read from its beginning.',
    );
  });

  test('ignores the states of streams that are not in the catalog, with a WARN', async () => {
    const {messages, complete} = await runRead({
      streams: [sinceSeen('items', [])],
      state: stateOf('gone', {updated_at: at(1)}),
    });
    expect(complete).toBe(true);
    expect(inShort(messages)[0]).toBe(
      'WARN The state has streams that the catalog does not have: gone. They are ignored.',
    );
  });
});
