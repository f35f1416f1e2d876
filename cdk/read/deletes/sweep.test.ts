import {describe, expect, test} from '@jest/globals';
import {dayOf, type Listed, openApi, range} from '../../../test/read/deleting-api.ts';
import type {Item} from '../../../test/read/items.ts';
import {at, item, stateOf} from '../../../test/read/items.ts';
import type {Sweep} from '../../author/deletes.ts';
import type {Slice} from '../../author/types.ts';
import {parseExact} from '../../json/exact.ts';
import {inShort} from '../../testing/run-read.ts';
import {Interrupted} from '../turns/abort.ts';

describe('a sweep', () => {
  test('emits records that two complete lists in a row lack, with their key, the highest cursor and a time', async () => {
    const {api, sync} = openApi({'': [item(1), item(2), item(3)]});
    const first = await sync();
    api.content[''] = [item(1), item(3)];
    const second = await sync();
    const third = await sync();
    const fourth = await sync();
    expect(first.deleted).toEqual([]);
    expect(second.deleted).toEqual([]);
    expect(inShort(third.messages)).toEqual([
      'items STARTED',
      'items RUNNING',
      `items ${JSON.stringify(item(3))}`,
      // It has the ids of the tombstones that follow.
      expect.stringMatching(/^items STATE .* 1$/),
      `items ${JSON.stringify({updated_at: at(3), id: 2, _deleted_at: dayOf(2)})}`,
      expect.stringMatching(/^items STATE .* 1$/),
      'items COMPLETE',
      'INFO Stream items is complete: 2 records.',
    ]);
    expect(fourth.deleted).toEqual([]);
  });

  test('does not emit records that are missing for the first time', async () => {
    const {api, sync} = openApi({'': range(1, 5)});
    await sync();
    api.content[''] = range(1, 4);
    await sync();
    api.content[''] = range(1, 3);
    expect((await sync()).deleted).toMatchObject([{id: 5}]);
    expect((await sync()).deleted).toMatchObject([{id: 4}]);
  });

  test('of an empty stream saves a state that is recognized as its own', async () => {
    const {sync, state} = openApi({'': []});
    await sync();
    expect(state()).toMatchObject([
      {stream: {stream_state: {deletes: {sweep: {known: [], key: ['id']}}}}},
    ]);
    expect(JSON.stringify(state())).not.toContain('__ab_no_cursor');
    expect((await sync()).warnings).toEqual([]);
  });

  test('requests no list after a first sync that read everything, nor before the next one is due', async () => {
    const {api, sync} = openApi({'': [item(1)]}, {sweep: {every: {days: 2}}});
    for (let run = 0; run < 6; run += 1) await sync();
    expect(api.requested).toEqual(['', '']);
  });

  test('forgets that a record was missing when it is listed or emitted again', async () => {
    const {api, sync} = openApi({'': range(1, 3)});
    await sync();
    api.content[''] = range(1, 2);
    await sync();
    api.content[''] = range(1, 3);
    await sync();
    api.content[''] = range(1, 2);
    expect((await sync()).deleted).toEqual([]);
    // The list lacks it once more, but it was updated and emitted meanwhile.
    api.content[''] = [...range(1, 2), item(3, 60)];
    api.listed = () => [range(1, 2)];
    expect((await sync()).deleted).toEqual([]);
  });

  test('matches ids that are strings in the list and numbers in the records', async () => {
    const {api, sync} = openApi({'': [item(1), item(2)]});
    api.listed = () => [[{id: '1'}, {id: '2'}]];
    await sync();
    await sync();
    expect((await sync()).deleted).toEqual([]);
  });

  test('distinguishes ids beyond 2^53, and emits the digits of a deleted one', async () => {
    const long = (digits: string): Item => ({
      ...parseExact<Item>(`{"id":${digits}}`),
      updated_at: at(1),
    });
    const {api, sync} = openApi({'': [long('9007199254740992'), long('9007199254740993')]});
    await sync();
    api.content[''] = [long('9007199254740992')];
    await sync();
    expect((await sync()).deleted).toMatchObject([{id: '9007199254740993'}]);
  });

  test('begins with a list if the state has no ids, to know the records emitted before', async () => {
    const {api, sync, setState} = openApi({'': [item(1), item(2), item(3)]});
    setState(stateOf('items', {updated_at: at(3)}));
    await sync();
    expect(api.requested).toEqual(['']);
    api.content[''] = [item(1), item(3)];
    await sync();
    expect((await sync()).deleted).toEqual([{id: 2, updated_at: at(3), _deleted_at: dayOf(2)}]);
  });

  test('gives no tombstone a cursor in the future, which would hide the record if it is restored', async () => {
    const {api, sync} = openApi({
      '': [item(1), item(2), {id: 3, updated_at: '9999-12-31T00:00:00Z'}],
    });
    await sync();
    api.content[''] = [item(1), {id: 3, updated_at: '9999-12-31T00:00:00Z'}];
    await sync();
    expect((await sync()).deleted).toEqual([{id: 2, updated_at: at(2), _deleted_at: dayOf(2)}]);
  });

  test('does not run in a full refresh', async () => {
    const {api, sync} = openApi({'': [item(1), item(2)]});
    for (let run = 0; run < 3; run += 1) {
      const {deletesState} = await sync({mode: 'full_refresh'});
      expect(deletesState).toBeUndefined();
    }
    expect(api.requested).toEqual([]);
  });
});

describe('a list of ids', () => {
  const afterTwo = async (listed: Listed, sweep: Partial<Sweep<Item, Slice>> = {}) => {
    const opened = openApi({'': range(1, 3)}, {sweep});
    await opened.sync();
    opened.api.listed = listed;
    opened.api.content[''] = range(1, 2);
    const one = await opened.sync();
    return {...opened, one, two: await opened.sync()};
  };

  test('that fails half way marks no record, and the stream is incomplete and keeps its position', async () => {
    const {two, state} = await afterTwo(() => [[{id: 1}], new Error('No.')]);
    expect(two.deleted).toEqual([]);
    expect(two.complete).toBe(false);
    expect(state()).toEqual([
      expect.objectContaining({
        stream: expect.objectContaining({
          stream_state: expect.objectContaining({updated_at: at(0)}),
        }),
      }),
    ]);
  });

  test('that may be incomplete marks no record, and warns', async () => {
    const incompleteReason = 'the last page is a full one';
    const {two} = await afterTwo(() => [[{id: 1}], {records: [], incompleteReason}]);
    expect(two.deleted).toEqual([]);
    expect(two.warnings).toEqual([
      'WARN Stream items: the list of ids is not complete: the last page is a full one. No record is marked as deleted because of it.',
    ]);
  });

  test('without a page, such as an ignored 404, marks no record', async () => {
    const {two} = await afterTwo(() => []);
    expect(two.deleted).toEqual([]);
    expect(two.warnings).toEqual([
      'WARN Stream items: the list of ids is not complete: it has no page at all. No record is marked as deleted because of it.',
    ]);
  });

  test('that is aborted marks no record, and the next run finds it', async () => {
    const {api, sync} = openApi({'': range(1, 3)});
    await sync();
    api.content[''] = range(1, 2);
    await sync();
    const stop = new AbortController();
    api.listed = () => {
      stop.abort(new Interrupted('SIGTERM'));
      return [range(1, 2)];
    };
    const aborted = await sync({signal: stop.signal});
    expect([aborted.complete, aborted.deleted]).toEqual([false, []]);
    api.listed = undefined;
    expect((await sync()).deleted).toEqual([{id: 3, updated_at: at(0), _deleted_at: dayOf(3)}]);
  });

  test('with an item that has no primary key is an error', async () => {
    const {two} = await afterTwo(() => [[{uuid: 'a'}]]);
    expect(inShort(two.messages)).toContain(
      'ERROR Stream items: An item of `deletes.sweep` has no id; it has uuid. Set `deletes.sweep.record` to make a record of it.',
    );
  });

  test('may have its items mapped to records', async () => {
    const {two} = await afterTwo(() => [[{uuid: 1}, {uuid: 2}]], {
      record: ({uuid}) => ({id: Number(uuid)}),
    });
    expect(two.deleted).toEqual([{id: 3, updated_at: at(0), _deleted_at: dayOf(2)}]);
  });
});

describe('a sweep that confirms each missing record', () => {
  const confirming = (confirm: Sweep<Item, Slice>['confirm']) =>
    openApi({'': range(1, 4)}, {sweep: {...(confirm && {confirm})}});

  test('needs no second list, and does not mark records that exist', async () => {
    const confirmed: unknown[] = [];
    const {api, sync} = confirming(async (key) => {
      confirmed.push(key);
      return key.id === 4;
    });
    await sync();
    api.listed = () => [range(1, 2)];
    expect((await sync()).deleted).toEqual([{id: 4, updated_at: at(0), _deleted_at: dayOf(1)}]);
    expect(confirmed).toEqual([{id: 3}, {id: 4}]);
  });

  test('leaves them to the next sweep if that fails', async () => {
    let down = true;
    const {api, sync} = confirming(async () => {
      if (down) throw new Error('Down.');
      return true;
    });
    await sync();
    api.content[''] = range(1, 3);
    const second = await sync();
    expect([second.deleted, second.warnings]).toEqual([
      [],
      [
        'WARN Stream items: `deletes.sweep.confirm` failed, so missing records are checked again in the next sweep: Down.',
      ],
    ]);
    down = false;
    expect((await sync()).deleted).toHaveLength(1);
  });
});

describe('a sweep that is killed', () => {
  test('before its last STATE finds deleted records again', async () => {
    const {api, sync, state, setState} = openApi({'': range(1, 3)});
    await sync();
    api.content[''] = range(1, 2);
    await sync();
    const before = state();
    const killed = await sync();
    setState(before);
    expect(killed.deleted).toHaveLength(1);
    expect((await sync()).deleted).toHaveLength(1);
    expect((await sync()).deleted).toEqual([]);
  });

  test('finds them again from any earlier STATE', async () => {
    const {api, sync, setState} = openApi(
      {a: range(1, 3), b: range(11, 13)},
      {slices: () => [{name: 'a'}, {name: 'b'}]},
    );
    await sync();
    api.content['a'] = range(1, 2);
    await sync();
    api.content['b'] = [item(11, 5), item(12, 0), item(13, 0)];
    const {messages} = await sync();
    const deletedAt = messages.findIndex(({record}) => record?.data['_deleted_at'] !== undefined);
    const before = messages.slice(0, deletedAt).flatMap(({state}) => state ?? []);
    expect(before).toHaveLength(3);
    for (const state of before) {
      setState([state]);
      expect((await sync()).deleted).toMatchObject([{id: 3}]);
    }
  });
});
