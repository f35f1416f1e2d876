import {describe, expect, test} from '@jest/globals';
import {dayOf} from '../../../test/read/deleting-api.ts';
import {at, type Item, item, schema} from '../../../test/read/items.ts';
import {openSyncs} from '../../../test/read/syncs.ts';
import type {Deletes} from '../../author/deletes.ts';
import {page, stream} from '../../author/stream.ts';
import type {Schema, Slice} from '../../author/types.ts';
import {recordsOf} from '../../testing/messages.ts';
import {catalogOf, runRead} from '../../testing/run-read.ts';

const read = async (records: readonly Item[], flag: Deletes<Item, Slice>['flag']) => {
  const items = stream({
    name: 'items',
    schema,
    cursor: {field: 'updated_at'},
    deletes: {...(flag && {flag})},
    async *read() {
      yield page(records);
    },
  });
  const {messages} = await runRead({streams: [items]});
  return recordsOf(messages, 'items');
};

describe('a record that says of itself that it was deleted', () => {
  test.each([
    [
      'when it was, as it says itself',
      '2025-12-01T00:00:00+02:00',
      item(1),
      '2025-12-01T00:00:00+02:00',
    ],
    ['its cursor, where it only says that', true, item(1), at(1)],
    [
      'its cursor as a time, where that is a date',
      true,
      {id: 1, updated_at: '2025-12-01'},
      '2025-12-01T00:00:00.000Z',
    ],
    ['the time of the emission, where it has no cursor', true, {id: 1}, dayOf(0)],
  ] as const)('is emitted with %s', async (_what, deleted, record, expected) => {
    expect(await read([record, item(2)], ({id}) => (id === 1 ? deleted : undefined))).toEqual([
      {...record, _deleted_at: expected},
      item(2),
    ]);
  });

  test.each([[false], [null], [undefined], ['']])('is one that is there for %j', async (flag) => {
    expect(await read([item(1)], () => flag)).toEqual([item(1)]);
  });

  test('is marked in a full refresh too, and told the slice', async () => {
    const numbers: Schema<{id: number}> = {type: 'object', properties: {id: {}}};
    const items = stream({
      name: 'items',
      schema: numbers,
      slices: () => [{gone: 1}, {gone: 2}],
      deletes: {flag: ({id}, {gone}) => id === gone},
      async *read() {
        yield page([{id: 2}]);
      },
    });
    const {messages} = await runRead({
      streams: [items],
      catalog: catalogOf(['items'], 'full_refresh'),
    });
    expect(recordsOf(messages, 'items')).toEqual([{id: 2}, {id: 2, _deleted_at: dayOf(0)}]);
  });

  test('keeps its mark where a catalog from before selects other fields only', async () => {
    const {messages} = await runRead({
      streams: [
        stream({
          name: 'items',
          schema,
          fields: 'as-selected',
          deletes: {flag: () => at(1)},
          async *read() {
            yield page([item(7)]);
          },
        }),
      ],
      catalog: {
        streams: [
          {
            stream: {name: 'items', json_schema: {type: 'object', properties: {id: {}}}},
            sync_mode: 'full_refresh',
          },
        ],
      },
    });
    expect(recordsOf(messages, 'items')).toEqual([{id: 7, _deleted_at: at(1)}]);
    expect(messages.filter(({log}) => log?.level === 'WARN')).toEqual([]);
  });

  test('is nothing that a sweep has to find out, when the API removes it later', async () => {
    let records = [item(1), item(2), item(3)];
    let ids = [1, 2, 3];
    const {sync} = openSyncs(() =>
      stream({
        name: 'items',
        schema,
        primaryKey: ['id'],
        cursor: {field: 'updated_at'},
        deletes: {
          flag: ({id, updated_at}) => id === 2 && updated_at === at(9),
          sweep: {
            every: {days: 1},
            async *read() {
              yield page(ids.map((id) => ({id})));
            },
          },
        },
        async *read() {
          yield page(records);
        },
      }),
    );
    await sync();
    records = [item(2, 9)];
    ids = [1, 3];
    const found = [];
    for (let day = 1; day <= 3; day += 1) {
      found.push(...(await sync()).deleted);
      records = [];
    }
    expect(found).toEqual([{id: 2, updated_at: at(9), _deleted_at: at(9)}]);
  });
});
