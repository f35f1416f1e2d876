import {describe, expect, test} from '@jest/globals';
import {type Position, parsePosition, START, sliceKey, toBlob} from './position.ts';

describe("a slice's key", () => {
  test('does not depend on the order of its fields', () => {
    expect(sliceKey({b: 2, a: 'x'})).toBe('a=x&b=2');
    expect(sliceKey({a: 'x', b: 2})).toBe('a=x&b=2');
  });

  test('keeps slices apart whose values hold its own separators', () => {
    expect(sliceKey({a: '1&b=2'})).toBe('a=1%26b%3D2');
    expect(sliceKey({a: 'octocat/hello-world'})).toBe('a=octocat/hello-world');
  });

  test('is empty for a stream without slices', () => expect(sliceKey({})).toBe(''));
});

describe('a position', () => {
  test.each<[string, Position]>([
    ['of a stream', {watermark: '2026-01-01'}],
    ['of a stream whose slices are none as yet', {watermark: 5, slices: new Map()}],
    [
      'of slices, one of which has yielded nothing',
      {
        watermark: 5,
        slices: new Map([
          ['a=1', {at: 5}],
          ['a=2', {at: undefined}],
        ]),
      },
    ],
    [
      'of a stream that goes on inside',
      {
        watermark: '2026-01-01',
        resume: {
          next: {url: 'https://api.test/items?cursor=x'},
          since: '2026-01-01',
          seen: '2026-01-02',
          startedAt: 1_000,
          savedAt: 2_000,
        },
      },
    ],
    [
      'of many slices that share one',
      {
        watermark: 5,
        slices: new Map([['a=1', {at: 7}]]),
        folded: [
          {at: 5, keys: new Set([1, 2 ** 40])},
          {at: undefined, keys: new Set([3])},
        ],
      },
    ],
  ])('%s comes back from its blob as it was', (_case, position) => {
    expect(parsePosition(toBlob(position, 'at', {unfinished: true}), 'at')).toEqual(position);
  });

  test('that says nothing is no empty blob, which would mean a reset', () => {
    expect(toBlob(START, 'at', {unfinished: false})).toEqual({__ab_no_cursor_state_message: true});
  });

  test.each([
    ['no state at all', {}, START],
    ["Airbyte's sentinels", {__ab_full_refresh_sync_complete: true}, START],
    [
      'a stream that had no position yet, and kept something else',
      {__ab_no_cursor_state_message: true, full_sync_at: '2026-01-01T00:00:00.000Z'},
      START,
    ],
    ['a run that had saved nothing yet', {unfinished: true}, {watermark: undefined}],
    ["another connector's blob", {lsn: 12}, undefined],
    ['a cursor of the wrong type', {at: {seconds: 1}}, undefined],
  ])('is read from %s', (_case, blob, expected) => {
    expect(parsePosition(blob, 'at')).toEqual(expected);
  });
});
