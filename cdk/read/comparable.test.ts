// Cursors in many notations, with the options that compare them.
import {describe, expect, test} from '@jest/globals';
import {type Item, pagesOf, schema, stateOf} from '../../test/read/items.ts';
import type {Cursor} from '../author/cursor.ts';
import {stream} from '../author/stream.ts';
import type {CursorValue} from '../author/types.ts';
import {inShort, runRead} from '../testing/run-read.ts';

type Options = Partial<Cursor<'updated_at'>>;

/** Reads one page of records with these cursors. Returns the ids, from 1, and the lines that say what is wrong. */
const read = async (cursor: Options, values: readonly CursorValue[], since?: CursorValue) => {
  const records = values.map((value, index) => ({id: index + 1, updated_at: value})) as Item[];
  const items = stream({
    name: 'items',
    schema,
    cursor: {field: 'updated_at', ...cursor},
    read: () => pagesOf(records),
  });
  const state = since === undefined ? {} : {state: stateOf('items', {updated_at: since})};
  const {messages} = await runRead({streams: [items], ...state});
  return {
    ids: messages.flatMap(({record}) => (record ? [record.data['id']] : [])),
    faults: inShort(messages).filter((line) => /^(WARN|ERROR)/.test(line)),
  };
};

const MAIL = 'Wed, 01 Jan 2025 00:00:00 +0000';
const MAIL_LATER = 'Fri, 03 Jan 2025 00:00:00 +0000';
const MAIL_EARLIER = 'Wed, 25 Dec 2024 00:00:00 +0000';

describe('a client-side filter', () => {
  test.each<[string, Options['format'], CursorValue, CursorValue, CursorValue]>([
    ['mail times', 'rfc-2822', MAIL, MAIL_LATER, MAIL_EARLIER],
    ['mail times since a start in ISO', 'rfc-2822', '2025-01-01', MAIL_LATER, MAIL_EARLIER],
    ['a pattern', {pattern: 'dd.MM.yyyy'}, '31.12.2024', '01.01.2025', '30.12.2024'],
    [
      'American times',
      {pattern: 'M/d/yyyy h:mm a'},
      '9/30/2024 11:00 PM',
      '10/1/2024 1:00 AM',
      '9/30/2024 2:00 AM',
    ],
    ['month names', {pattern: 'MMM d, yyyy'}, 'Jan 31, 2025', 'Feb 1, 2025', 'Dec 1, 2024'],
    ['epochs in strings', 'epoch-s', '999999999', '1000000000', '99999999'],
    ['strings of digits', undefined, '999', '1000', '1'],
    ['strings of digits since a number', undefined, 999, '1000', '1'],
    ['characters', 'characters', '01ARZ3', '01BX5Z', '01AAAA'],
    ['ISO 8601', undefined, '2025-01-01T01:00:00+02:00', '2025-01-01T00:00:00Z', '2024-12-31'],
  ])('keeps what is new: %s', async (_case, format, since, later, earlier) => {
    const cursor: Options = {clientSide: true, ...(format && {format})};
    expect(await read(cursor, [earlier, later], since)).toEqual({ids: [2], faults: []});
  });

  const FORMATS =
    "Declare its `format`, such as 'epoch-s', 'rfc-2822', {pattern: 'dd.MM.yyyy'}, or 'characters' for strings that sort by their characters.";
  const CORRECT =
    'Correct `format`. If the API writes it for a missing value, set it to null in `map`.';
  const NEITHER = 'which is neither ISO 8601 nor a number';

  test.each<[string, Options, CursorValue, CursorValue | undefined, string]>([
    ['mail times', {}, MAIL_LATER, MAIL, `"${MAIL_LATER}", ${NEITHER}`],
    [
      'mail times since a start in ISO',
      {start: '2025-01-01'},
      MAIL,
      undefined,
      `"${MAIL}", ${NEITHER}`,
    ],
    ['mail times in the first sync', {}, MAIL, undefined, `"${MAIL}", ${NEITHER}`],
    ['German dates', {}, '31.12.2024', '30.12.2024', `"31.12.2024", ${NEITHER}`],
    ['American dates', {}, '12/31/2024', '12/30/2024', `"12/31/2024", ${NEITHER}`],
    ['a half day', {}, '2024-12-31 01:00 PM', '2024-12-31', `"2024-12-31 01:00 PM", ${NEITHER}`],
    ['ULIDs', {}, '01ARZ3', '01ARZ2', `"01ARZ3", ${NEITHER}`],
    ['versions', {}, 'v10', 'v9', `"v10", ${NEITHER}`],
    ['a time that does not exist', {}, '0000-00-00', '2024-12-31', `"0000-00-00", ${NEITHER}`],
    ['a long string', {}, 'x'.repeat(90), undefined, `"${'x'.repeat(60)}"…, ${NEITHER}`],
  ])('fails without a format: %s', async (_case, cursor, value, since, what) => {
    expect(await read({clientSide: true, ...cursor}, [value], since)).toEqual({
      ids: [],
      faults: [
        `ERROR Stream items: The cursor "updated_at" of a record is ${what}, so \`clientSide\` cannot tell whether the record is new. ${FORMATS}`,
      ],
    });
  });

  test.each<[string, Options, CursorValue, CursorValue | undefined, string]>([
    ['of another pattern', {format: {pattern: 'dd.MM.yyyy'}}, '1/2/2024', '31.12.2023', CORRECT],
    ['that means none', {format: 'rfc-2822'}, 'never', MAIL, CORRECT],
    ['of another unit', {format: 'epoch-s'}, 1_700_000_000_000_000, 1_700_000_000, CORRECT],
  ])('fails at a value %s', async (_case, cursor, value, since, advice) => {
    expect(await read({clientSide: true, ...cursor}, [value], since)).toEqual({
      ids: [],
      faults: [
        `ERROR Stream items: The cursor "updated_at" of a record is ${JSON.stringify(value)}, which is not in the declared \`format\`, so \`clientSide\` cannot tell whether the record is new. ${advice}`,
      ],
    });
  });

  test.each<[string, CursorValue, CursorValue]>([
    ['an epoch without a format since a time', 1_700_000_000, '2024-01-01'],
    ['digits since a time', '1700000000', '2024-01-01'],
  ])('fails at %s', async (_case, value, since) => {
    expect(await read({clientSide: true}, [value], since)).toEqual({
      ids: [],
      faults: [
        `ERROR Stream items: The cursor "updated_at" of a record is ${JSON.stringify(value)}, which cannot be compared with "2024-01-01", so \`clientSide\` cannot tell whether the record is new. ${FORMATS}`,
      ],
    });
  });

  test('fails at a record whose cursor is of another kind than those before it', async () => {
    const {faults} = await read({clientSide: true}, ['2024-01-01', 5]);
    expect(faults).toEqual([
      `ERROR Stream items: The cursor "updated_at" of a record is 5, which cannot be compared with "2024-01-01", so \`clientSide\` cannot tell whether the record is new. ${FORMATS}`,
    ]);
  });

  test('takes every record for new if the state has another notation, from before the format was declared', async () => {
    const {ids, faults} = await read({clientSide: true, format: 'rfc-2822'}, [MAIL], 'yesterday');
    expect([ids, faults]).toEqual([[1], []]);
  });
});

describe('descending order', () => {
  test('is followed by the declared format', async () => {
    const cursor: Options = {order: 'descending', format: 'rfc-2822'};
    expect(await read(cursor, [MAIL_LATER, MAIL], MAIL)).toEqual({ids: [1, 2], faults: []});
  });

  test('fails without a format', async () => {
    expect(await read({order: 'descending'}, [MAIL_LATER, MAIL], MAIL)).toEqual({
      ids: [],
      faults: [
        `ERROR Stream items: The cursor "updated_at" of a record is "${MAIL_LATER}", which is neither ISO 8601 nor a number, so \`order: 'descending'\` cannot tell whether the record is new. Declare its \`format\`, such as 'epoch-s', 'rfc-2822', {pattern: 'dd.MM.yyyy'}, or 'characters' for strings that sort by their characters.`,
      ],
    });
  });
});

test('a cursor that only moves the position is compared by its characters with a warning', async () => {
  expect(await read({}, [MAIL_LATER, MAIL])).toEqual({
    ids: [1, 2],
    faults: [
      `WARN Stream items: The cursor "updated_at" is "${MAIL_LATER}", which is neither ISO 8601 nor a number, so it is compared by its characters. Declare its \`format\`, such as 'epoch-s', 'rfc-2822', {pattern: 'dd.MM.yyyy'}, or 'characters' for strings that sort by their characters.`,
    ],
  });
});
