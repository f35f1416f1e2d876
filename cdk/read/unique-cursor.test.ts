// Cursors whose values are never shared.
import {describe, expect, test} from '@jest/globals';
import {at, type Item, pagesOf, schema, stateOf} from '../../test/read/items.ts';
import type {Cursor} from '../author/cursor.ts';
import {stream} from '../author/stream.ts';
import type {CursorValue} from '../author/types.ts';
import {SystemError} from '../errors.ts';
import {runRead} from '../testing/run-read.ts';

type Options = Partial<Cursor<'updated_at'>>;

const read = async (
  cursor: Options,
  pages: readonly (readonly CursorValue[])[],
  position?: CursorValue,
) => {
  let seen: unknown;
  let count = 0;
  const items = stream({
    name: 'items',
    schema,
    cursor: {field: 'updated_at', unique: true, ...cursor},
    async *read({since}) {
      seen = since;
      for (const values of pages) {
        count += 1;
        yield* pagesOf(values.map((updated_at) => ({id: 1, updated_at})) as unknown as Item[]);
      }
    },
  });
  const state = position === undefined ? {} : {state: stateOf('items', {updated_at: position})};
  const {messages} = await runRead({streams: [items], ...state});
  return {
    since: seen,
    pages: count,
    values: messages.flatMap(({record}) => (record ? [record.data['updated_at']] : [])),
    warnings: messages.flatMap(({log}) => (log?.level === 'WARN' ? [log.message] : [])),
    state: messages.findLast(({state: found}) => found)?.state?.stream?.stream_state,
  };
};

describe('a cursor that is unique', () => {
  test.each<
    [string, Options, readonly CursorValue[], CursorValue, readonly CursorValue[], CursorValue]
  >([
    ['a number', {}, [7, 8], 7, [8], 7],
    ['strings of digits', {}, ['99', '100'], '99', ['100'], '99'],
    ['characters', {format: 'characters'}, ['01A', '01B'], '01A', ['01B'], '01A'],
    ['in ascending order', {order: 'ascending'}, [7, 8], 7, [8], 7],
    ['with a filter', {clientSide: true}, [6, 7, 8], 7, [8], 7],
    ['of an API that excludes the bound', {bound: 'after'}, [8], 7, [8], 7],
    ['with a start', {start: 1}, [7, 8], 7, [8], 7],
  ])('does not repeat its record: %s', async (_case, cursor, values, position, emitted, since) => {
    expect(await read(cursor, [values], position)).toMatchObject({values: emitted, since});
  });

  const WITHOUT =
    'so `unique` has no effect, and the record at the position is read again. Remove it';

  test.each<[string, Options, readonly CursorValue[], CursorValue | undefined, readonly string[]]>([
    ['that is the start', {start: 7}, [7, 8], undefined, []],
    [
      'beyond 2^53, where neighbours are equal',
      {},
      [2 ** 53 + 2, 2 ** 53 + 4],
      2 ** 53 + 2,
      [
        `The cursor "updated_at" is 9007199254740994, which is not a whole number up to 2^53, ${WITHOUT}, or let the API send strings.`,
      ],
    ],
    [
      'that is a time, which may be the start of a run',
      {},
      [at(1), at(2)],
      at(1),
      [`The cursor "updated_at" is "${at(1)}", a time that records may share, ${WITHOUT}.`],
    ],
    [
      'in a notation that is not declared',
      {},
      ['v1', 'v2'],
      'v1',
      [
        'The cursor "updated_at" is "v1", which is neither ISO 8601 nor a number, so it is compared by its characters. Declare its `format`, such as ' +
          "'epoch-s', 'rfc-2822', {pattern: 'dd.MM.yyyy'}, or 'characters' for strings that sort by their characters.",
      ],
    ],
  ])('repeats a record %s', async (_case, cursor, values, position, warnings) => {
    const found = await read(cursor, [values], position);
    expect([found.values, found.warnings]).toEqual([
      values,
      warnings.map((warning) => `Stream items: ${warning}`),
    ]);
  });

  test('is requested before the start if the API excludes the bound', async () => {
    expect((await read({start: 7, bound: 'after'}, [[7]])).since).toBe(6);
  });

  test('ends a list with the newest first at its own record', async () => {
    const found = await read({order: 'descending'}, [[9, 8], [7, 6], [5]], 7);
    expect(found).toMatchObject({pages: 2, values: [9, 8, 6], state: {updated_at: 9}});
  });

  test('keeps its position without new records', async () => {
    expect(await read({}, [[7]], 7)).toMatchObject({values: [], state: {updated_at: 7}});
  });

  test.each<[string, Options, object]>([
    ['`cursor.lookback`', {lookback: 5}, {}],
    ['`window`', {start: 1}, {window: {days: 1}}],
    ['a `cursor.format` of times', {format: 'epoch-s'}, {}],
  ])('is refused beside %s', (what, cursor, more) => {
    expect(() =>
      stream({
        name: 'items',
        schema,
        cursor: {field: 'updated_at', unique: true, ...cursor},
        read: () => pagesOf(),
        ...more,
      }),
    ).toThrow(
      new SystemError(
        `Stream items has \`cursor.unique\` beside ${what}, but it is for numbers and strings that are read once. Remove one of them.`,
      ),
    );
  });
});
