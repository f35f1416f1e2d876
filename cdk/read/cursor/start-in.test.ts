// The start of a cursor that has a format.
import {describe, expect, test} from '@jest/globals';
import {pagesOf, schema} from '../../../test/read/items.ts';
import {stream} from '../../author/stream.ts';
import type {CursorFormat, CursorValue} from '../../author/types.ts';
import {inShort, runRead} from '../../testing/run-read.ts';

/** The `since` of a first sync, for records and for deleted items, or the errors. */
const begin = async (start: CursorValue, format?: CursorFormat) => {
  const seen: unknown[] = [];
  const items = stream({
    name: 'items',
    schema,
    primaryKey: ['id'],
    cursor: {field: 'updated_at', start, ...(format && {format})},
    deletes: {
      list: {
        at: 'deleted_at',
        start,
        ...(format && {format}),
        read: ({since}) => {
          seen.push(since);
          return pagesOf();
        },
      },
    },
    read: ({since}) => {
      seen.push(since);
      return pagesOf();
    },
  });
  const {messages} = await runRead({streams: [items]});
  return {
    seen: [...new Set(seen)],
    errors: inShort(messages).filter((line) => line.startsWith('items config_error')),
  };
};

describe('a start', () => {
  test.each<[CursorValue, CursorFormat | undefined, CursorValue]>([
    ['2024-01-01T00:00:00Z', 'epoch-s', 1_704_067_200],
    ['2024-01-01', 'epoch-s', 1_704_067_200],
    ['2024-01-01T02:00:00.999+02:00', 'epoch-s', 1_704_067_200],
    ['2024-01-01T00:00:00.123456Z', 'epoch-ms', 1_704_067_200_123],
    ['2024-01-01T00:00:00.123456Z', 'epoch-us', 1_704_067_200_123_456],
    ['2024-01-01T00:00:00Z', 'rfc-2822', 'Mon, 01 Jan 2024 00:00:00 +0000'],
    ['2024-01-01T12:30:00Z', {pattern: 'dd.MM.yyyy HH:mm'}, '01.01.2024 12:30'],
    ['2024-01-01T12:30:00Z', {pattern: 'yyyyMMdd'}, '20240101'],
    ['2024-01-01T12:30:00+02:00', {pattern: 'dd.MM.yyyy HH:mm Z'}, '01.01.2024 10:30 +0000'],
    ['2024-01-01T12:30:00+02:00', {pattern: 'dd.MM.yyyy HH:mmXXX'}, '01.01.2024 10:30Z'],
  ])('%s with the format %j is handed to the API as %j', async (start, format, since) => {
    expect(await begin(start, format)).toEqual({seen: [since], errors: []});
  });

  test.each<[CursorValue, CursorFormat | undefined]>([
    [1_704_067_200, 'epoch-s'],
    ['1704067200', 'epoch-s'],
    ['Wed Jan 1 00:00:00 +0000 2025', 'rfc-2822'],
    ['01.01.2024 12:30 +02:00', {pattern: 'dd.MM.yyyy HH:mm Z'}],
    ['2024-01-01T00:00:00Z', 'characters'],
    ['2024-01-01T00:00:00Z', undefined],
    [7, undefined],
  ])('%s is unchanged with the format %j', async (start, format) => {
    expect(await begin(start, format)).toEqual({seen: [start], errors: []});
  });

  test.each<[CursorValue, CursorFormat, string]>([
    [
      'yesterday',
      'epoch-s',
      '"yesterday", which is not a time: write it as in 2024-01-01T00:00:00Z, or as the API does, as in 1704067200.',
    ],
    [
      5,
      'rfc-2822',
      '5, which is not a time: write it as in 2024-01-01T00:00:00Z, or as the API does, as in Mon, 01 Jan 2024 00:00:00 +0000.',
    ],
    [
      '31.02.2024',
      {pattern: 'dd.MM.yyyy'},
      '"31.02.2024", which is not a time: write it as in 2024-01-01T00:00:00Z, or as the API does, as in 01.01.2024.',
    ],
  ])('%s is refused with the format %j', async (start, format, reason) => {
    expect(await begin(start, format)).toEqual({
      seen: [],
      errors: [
        `items config_error: \`cursor.start\` is ${reason} If it comes from the config, correct it there.`,
      ],
    });
  });
});
