// A run that was cut off goes on inside: by the token of a page, or by the slices that a round has read.
import {describe, expect, test} from '@jest/globals';
import {at, item, plain, schema, stateOf} from '../../../test/read/items.ts';
import {page, type StreamDefinition, stream} from '../../author/stream.ts';
import {ConfigError, SystemError, TransientError} from '../../errors.ts';
import type {JsonObject} from '../../json/values.ts';
import {catalogOf, inShort, NOW, runRead} from '../../testing/run-read.ts';

type Item = {id: number; updated_at?: string};
type Options = Partial<Pick<StreamDefinition<Item, {part: string}>, 'cursor' | 'resumable'>>;

/** Five pages of one record each, in any order; the third one fails as often as it is told to. */
const paged = (options: Options & {failure?: Error; tokenFailure?: Error} = {}) => {
  const {failure, tokenFailure, ...rest} = options;
  const asked: string[] = [];
  const items = stream<Item>({
    name: 'items',
    schema,
    cursor: {field: 'updated_at', start: at(0)},
    resumable: {hours: 1},
    checkpointInterval: {seconds: 0},
    ...rest,
    async *read({since, resume}) {
      asked.push(`${since} from ${JSON.stringify(resume)}`);
      if (resume !== undefined && tokenFailure) throw tokenFailure;
      for (let number = Number(resume?.['page'] ?? 1); number <= 5; number += 1) {
        if (number === 3 && failure) throw failure;
        yield page([item(number, 10 - number)], number < 5 ? {resume: {page: number + 1}} : {});
      }
    },
  });
  return {items, asked};
};

const blobOf = (messages: Awaited<ReturnType<typeof runRead>>['messages']): JsonObject => ({
  ...messages.findLast(({state}) => state)?.state?.stream?.stream_state,
});

const idsOf = (messages: Awaited<ReturnType<typeof runRead>>['messages']) =>
  messages.flatMap(({record}) => (record ? [record.data['id']] : []));

const cut = async () => {
  const {items} = paged({failure: new Error('broken')});
  const {messages} = await runRead({streams: [items]});
  expect(idsOf(messages)).toEqual([1, 2]);
  return blobOf(messages);
};

describe('a slice in no order that was cut off', () => {
  const saved = {
    unfinished: true,
    resume: {
      next: {page: 3},
      since: at(0),
      seen: at(9),
      started: new Date(NOW).toISOString(),
      saved: new Date(NOW).toISOString(),
    },
  };

  test('keeps where its next page is, and its position does not move', async () => {
    expect(await cut()).toEqual(saved);
  });

  test('goes on there, and its position moves to what both runs saw', async () => {
    const {items, asked} = paged();
    const {messages} = await runRead({streams: [items], state: stateOf('items', saved)});
    expect(asked).toEqual([`${at(0)} from {"page":3}`]);
    expect(idsOf(messages)).toEqual([3, 4, 5]);
    expect(blobOf(messages)).toEqual({updated_at: at(9)});
  });

  test('moves no further than the start of the run that read its beginning', async () => {
    const late = new Date(NOW + 3_000_000).toISOString();
    const {items} = paged();
    const {messages} = await runRead({
      streams: [items],
      now: () => NOW + 3_500_000,
      state: stateOf('items', {...saved, resume: {...saved.resume, seen: late}}),
    });
    expect(blobOf(messages)).toEqual({updated_at: new Date(NOW - 60_000).toISOString()});
  });

  test('begins anew where the token is too old', async () => {
    const {items, asked} = paged();
    await runRead({
      streams: [items],
      now: () => NOW + 3_600_000,
      state: stateOf('items', saved),
    });
    expect(asked).toEqual([`${at(0)} from undefined`]);
  });

  test.each([
    ['refuses it', new SystemError('GET … answered 410: cursor expired.')],
    ['calls it an error of the config', new ConfigError('GET … answered 403.')],
  ])('begins anew where the API %s', async (_what, tokenFailure) => {
    const {items, asked} = paged({tokenFailure});
    const {messages, complete} = await runRead({
      streams: [items],
      state: stateOf('items', saved),
    });
    expect(complete).toBe(true);
    expect(asked).toEqual([`${at(0)} from {"page":3}`, `${at(0)} from undefined`]);
    expect(idsOf(messages)).toEqual([1, 2, 3, 4, 5]);
    expect(inShort(messages)).toContain(
      `WARN Stream items: it can not go on where it was cut off, and begins anew: ${tokenFailure.message}`,
    );
  });

  test('waits for the next run where the API is down', async () => {
    const {items, asked} = paged({tokenFailure: new TransientError('It is down.')});
    const {messages} = await runRead({streams: [items], state: stateOf('items', saved)});
    expect(asked).toHaveLength(1);
    expect(blobOf(messages)).toEqual(saved);
  });

  test('begins anew where the author does not say that tokens survive', async () => {
    const items = stream<Item>({
      name: 'items',
      schema,
      cursor: {field: 'updated_at', start: at(0)},
      checkpointInterval: {seconds: 0},
      async *read() {
        yield page([item(1, 9)], {resume: {page: 2}});
        throw new Error('broken');
      },
    });
    const {messages} = await runRead({streams: [items]});
    expect(blobOf(messages)).toEqual({unfinished: true});
  });
});

describe('a full refresh that was cut off', () => {
  const refresh = async (fails: readonly string[], state?: object, now = NOW) => {
    const asked: string[] = [];
    const items = stream<Item, {part: string}>({
      name: 'items',
      schema,
      slices: () => ['a', 'b', 'c'].map((part) => ({part})),
      checkpointInterval: {seconds: 0},
      async *read({slice: {part}}) {
        asked.push(part);
        yield page([item(1)]);
        if (fails.includes(part)) throw new Error('broken');
      },
    });
    const {messages, complete} = await runRead({
      streams: [items],
      catalog: catalogOf(['items'], 'full_refresh'),
      now: () => now,
      ...(state && {state: stateOf('items', state)}),
    });
    return {asked, blob: blobOf(messages), complete};
  };
  const started = new Date(NOW).toISOString();

  test('keeps which slices it has read', async () => {
    const {blob} = await refresh(['b']);
    expect(blob).toEqual({done: ['part=a', 'part=c'], started, unfinished: true});
  });

  test('reads the others, and says at its end that it could have been resumed', async () => {
    const {asked, blob} = await refresh([], {
      done: ['part=a', 'part=c'],
      started,
      unfinished: true,
    });
    expect(asked).toEqual(['b']);
    expect(blob).toEqual({__ab_full_refresh_sync_complete: true});
  });

  test('begins anew after a day', async () => {
    const state = {done: ['part=a'], started, unfinished: true};
    const {asked, blob} = await refresh(['c'], state, NOW + 24 * 3_600_000);
    expect(asked).toEqual(['a', 'b', 'c']);
    expect(blob['started']).toBe(new Date(NOW + 24 * 3_600_000).toISOString());
  });

  test('of a stream with a cursor goes on from its positions', async () => {
    const {items, asked} = paged({cursor: {field: 'updated_at', start: at(0), order: 'ascending'}});
    const catalog = catalogOf(['items'], 'full_refresh');
    await runRead({
      streams: [items],
      catalog,
      state: stateOf('items', {updated_at: at(5), unfinished: true}),
    });
    await runRead({streams: [items], catalog, state: stateOf('items', {updated_at: at(5)})});
    expect(asked).toEqual([`${at(5)} from undefined`, `${at(0)} from undefined`]);
  });
});

describe('a full refresh that is complete', () => {
  const complete = {__ab_full_refresh_sync_complete: true};

  test.each([
    [true, []],
    [false, [1, 2]],
  ])('is read again unless it is the same job that tries again: %s', async (isRetry, ids) => {
    const {messages} = await runRead({
      streams: [plain('items', [item(1), item(2)])],
      catalog: catalogOf(['items'], 'full_refresh'),
      state: stateOf('items', complete),
      isRetry,
    });
    expect(idsOf(messages)).toEqual(ids);
    expect(inShort(messages)).toContain('items COMPLETE');
  });
});
