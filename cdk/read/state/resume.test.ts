// An interrupted run resumes at the token of a page, or skips the slices that its pass has read.
import {describe, expect, test} from '@jest/globals';
import {at, item, plain, schema, stateOf} from '../../../test/read/items.ts';
import {page, type StreamDefinition, stream} from '../../author/stream.ts';
import {ConfigError, SystemError, TransientError} from '../../errors.ts';
import type {JsonObject} from '../../json/values.ts';
import {catalogOf, inShort, NOW, runRead} from '../../testing/run-read.ts';

type Item = {id: number; updated_at?: string};
type Options = Partial<Pick<StreamDefinition<Item, Record<never, never>>, 'cursor' | 'resumable'>>;

/** Five pages of one record each, in no order; the third one fails with `failure`. */
const paged = (options: Options & {failure?: Error; tokenFailure?: Error} = {}) => {
  const {failure, tokenFailure, ...rest} = options;
  const requested: string[] = [];
  const items = stream<Item>({
    name: 'items',
    schema,
    cursor: {field: 'updated_at', start: at(0)},
    resumable: {hours: 1},
    checkpointInterval: {seconds: 0},
    ...rest,
    async *read({since, resume}) {
      requested.push(`${since} from ${JSON.stringify(resume)}`);
      if (resume !== undefined && tokenFailure) throw tokenFailure;
      for (let number = Number(resume?.['page'] ?? 1); number <= 5; number += 1) {
        if (number === 3 && failure) throw failure;
        yield page([item(number, 10 - number)], number < 5 ? {resume: {page: number + 1}} : {});
      }
    },
  });
  return {items, requested};
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

describe('an interrupted slice in no order', () => {
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

  test('saves the token of its next page, and its position does not move', async () => {
    expect(await cut()).toEqual(saved);
  });

  test('resumes at that page, and its position moves to the highest cursor of both runs', async () => {
    const {items, requested} = paged();
    const {messages} = await runRead({streams: [items], state: stateOf('items', saved)});
    expect(requested).toEqual([`${at(0)} from {"page":3}`]);
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

  test('starts over if the token is too old', async () => {
    const {items, requested} = paged();
    await runRead({
      streams: [items],
      now: () => NOW + 3_600_000,
      state: stateOf('items', saved),
    });
    expect(requested).toEqual([`${at(0)} from undefined`]);
  });

  test.each([
    ['refuses it', new SystemError('GET … answered 410: cursor expired.')],
    ['answers with a config error', new ConfigError('GET … answered 403.')],
  ])('starts over if the API %s', async (_what, tokenFailure) => {
    const {items, requested} = paged({tokenFailure});
    const {messages, complete} = await runRead({
      streams: [items],
      state: stateOf('items', saved),
    });
    expect(complete).toBe(true);
    expect(requested).toEqual([`${at(0)} from {"page":3}`, `${at(0)} from undefined`]);
    expect(idsOf(messages)).toEqual([1, 2, 3, 4, 5]);
    expect(inShort(messages)).toContain(
      `WARN Stream items: it could not be resumed and starts over: ${tokenFailure.message}`,
    );
  });

  test('keeps its token for the next run if the API is down', async () => {
    const {items, requested} = paged({tokenFailure: new TransientError('It is down.')});
    const {messages} = await runRead({streams: [items], state: stateOf('items', saved)});
    expect(requested).toHaveLength(1);
    expect(blobOf(messages)).toEqual(saved);
  });

  test('saves no token without `resumable`', async () => {
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

describe('an interrupted full refresh', () => {
  const refresh = async (fails: readonly string[], state?: object, now = NOW) => {
    const requested: string[] = [];
    const items = stream<Item, {part: string}>({
      name: 'items',
      schema,
      slices: () => ['a', 'b', 'c'].map((part) => ({part})),
      checkpointInterval: {seconds: 0},
      async *read({slice: {part}}) {
        requested.push(part);
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
    return {requested, blob: blobOf(messages), complete};
  };
  const started = new Date(NOW).toISOString();

  test('saves the slices that it has read', async () => {
    const {blob} = await refresh(['b']);
    expect(blob).toEqual({done: ['part=a', 'part=c'], started, unfinished: true});
  });

  test('reads the other slices, and ends with the sentinel of a resumable refresh', async () => {
    const {requested, blob} = await refresh([], {
      done: ['part=a', 'part=c'],
      started,
      unfinished: true,
    });
    expect(requested).toEqual(['b']);
    expect(blob).toEqual({__ab_full_refresh_sync_complete: true});
  });

  test('starts over after a day', async () => {
    const state = {done: ['part=a'], started, unfinished: true};
    const {requested, blob} = await refresh(['c'], state, NOW + 24 * 3_600_000);
    expect(requested).toEqual(['a', 'b', 'c']);
    expect(blob['started']).toBe(new Date(NOW + 24 * 3_600_000).toISOString());
  });

  test('of a stream with a cursor resumes at its position', async () => {
    const {items, requested} = paged({
      cursor: {field: 'updated_at', start: at(0), order: 'ascending'},
    });
    const catalog = catalogOf(['items'], 'full_refresh');
    await runRead({
      streams: [items],
      catalog,
      state: stateOf('items', {updated_at: at(5), unfinished: true}),
    });
    await runRead({streams: [items], catalog, state: stateOf('items', {updated_at: at(5)})});
    expect(requested).toEqual([`${at(5)} from undefined`, `${at(0)} from undefined`]);
  });
});

describe('a full refresh that is complete', () => {
  const complete = {__ab_full_refresh_sync_complete: true};

  test.each([
    [true, []],
    [false, [1, 2]],
  ])('is skipped by another attempt of the same job only: %s', async (isRetry, ids) => {
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
