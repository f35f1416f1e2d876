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
  test('emits what is missing in two complete lists in a row, with its key, the highest cursor and a time', async () => {
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
      `items ${JSON.stringify({updated_at: at(3), id: 2, _deleted_at: dayOf(2)})}`,
      expect.stringMatching(/^items STATE .* 2$/),
      'items COMPLETE',
      'INFO Stream items is complete: 2 records.',
    ]);
    expect(fourth.deleted).toEqual([]);
  });

  test('leaves what is missing for the first time, beside what is for the second', async () => {
    const {api, sync} = openApi({'': range(1, 5)});
    await sync();
    api.content[''] = range(1, 4);
    await sync();
    api.content[''] = range(1, 3);
    expect((await sync()).deleted).toMatchObject([{id: 5}]);
    expect((await sync()).deleted).toMatchObject([{id: 4}]);
  });

  test('of a stream that is empty says nothing of a foreign state', async () => {
    const {sync, state} = openApi({'': []});
    await sync();
    expect(state()).toMatchObject([
      {stream: {stream_state: {deletes: {sweep: {known: [], key: ['id']}}}}},
    ]);
    expect(JSON.stringify(state())).not.toContain('__ab_no_cursor');
    expect((await sync()).warnings).toEqual([]);
  });

  test('asks for no list where the first sync has read everything, nor before the next one is due', async () => {
    const {api, sync} = openApi({'': [item(1)]}, {sweep: {every: {days: 2}}});
    for (let run = 0; run < 6; run += 1) await sync();
    expect(api.asked).toEqual(['', '']);
  });

  test('forgets that a record was missing once it is back, in a list or as a record', async () => {
    const {api, sync} = openApi({'': range(1, 3)});
    await sync();
    api.content[''] = range(1, 2);
    await sync();
    api.content[''] = range(1, 3);
    await sync();
    api.content[''] = range(1, 2);
    expect((await sync()).deleted).toEqual([]);
    // It is missing in the list once more, but was updated, and so emitted, meanwhile.
    api.content[''] = [...range(1, 2), item(3, 60)];
    api.listed = () => [range(1, 2)];
    expect((await sync()).deleted).toEqual([]);
  });

  test('takes ids that are texts in the list for the numbers they are in the records', async () => {
    const {api, sync} = openApi({'': [item(1), item(2)]});
    api.listed = () => [[{id: '1'}, {id: '2'}]];
    await sync();
    await sync();
    expect((await sync()).deleted).toEqual([]);
  });

  test('tells ids beyond 2^53 apart, and names what is gone by its digits', async () => {
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

  test('begins with a list where the state is from before, and so knows what was emitted then', async () => {
    const {api, sync, setState} = openApi({'': [item(1), item(2), item(3)]});
    setState(stateOf('items', {updated_at: at(3)}));
    await sync();
    expect(api.asked).toEqual(['']);
    api.content[''] = [item(1), item(3)];
    await sync();
    expect((await sync()).deleted).toEqual([{id: 2, updated_at: at(3), _deleted_at: dayOf(2)}]);
  });

  test('gives no deleted record a cursor from the future, which would keep it from coming back', async () => {
    const {api, sync} = openApi({
      '': [item(1), item(2), {id: 3, updated_at: '9999-12-31T00:00:00Z'}],
    });
    await sync();
    api.content[''] = [item(1), {id: 3, updated_at: '9999-12-31T00:00:00Z'}];
    await sync();
    expect((await sync()).deleted).toEqual([{id: 2, updated_at: at(2), _deleted_at: dayOf(2)}]);
  });

  test('is none in a full refresh', async () => {
    const {api, sync} = openApi({'': [item(1), item(2)]});
    for (let run = 0; run < 3; run += 1) {
      const {kept} = await sync({mode: 'full_refresh'});
      expect(kept).toBeUndefined();
    }
    expect(api.asked).toEqual([]);
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

  test('that fails half way takes nothing for deleted, and the stream is incomplete with its position kept', async () => {
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

  test('whose end is in doubt takes nothing for deleted, and says so', async () => {
    const incompleteReason = 'the last page is a full one';
    const {two} = await afterTwo(() => [[{id: 1}], {records: [], incompleteReason}]);
    expect(two.deleted).toEqual([]);
    expect(two.warnings).toEqual([
      'WARN Stream items: the list of ids is not complete: the last page is a full one. Nothing that it lacks is taken for deleted.',
    ]);
  });

  test('without a page, such as a 404 that is ignored, takes nothing for deleted', async () => {
    const {two} = await afterTwo(() => []);
    expect(two.deleted).toEqual([]);
    expect(two.warnings).toEqual([
      'WARN Stream items: the list of ids is not complete: there was not a single page. Nothing that it lacks is taken for deleted.',
    ]);
  });

  test('that is aborted takes nothing for deleted, and the next run finds it', async () => {
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

  test('with an item that the primary key does not name is an error', async () => {
    const {two} = await afterTwo(() => [[{uuid: 'a'}]]);
    expect(inShort(two.messages)).toContain(
      'ERROR Stream items: An item of `deletes.sweep` has no id, only uuid: give with `deletes.sweep.record` what it tells of the record.',
    );
  });

  test('has its items renamed as the author says', async () => {
    const {two} = await afterTwo(() => [[{uuid: 1}, {uuid: 2}]], {
      record: ({uuid}) => ({id: Number(uuid)}),
    });
    expect(two.deleted).toEqual([{id: 3, updated_at: at(0), _deleted_at: dayOf(2)}]);
  });
});

describe('a sweep that asks for each missing record', () => {
  const asking = (confirm: Sweep<Item, Slice>['confirm']) =>
    openApi({'': range(1, 4)}, {sweep: {...(confirm && {confirm})}});

  test('needs no second list, and leaves what is there', async () => {
    const asked: unknown[] = [];
    const {api, sync} = asking(async (key) => {
      asked.push(key);
      return key.id === 4;
    });
    await sync();
    api.listed = () => [range(1, 2)];
    expect((await sync()).deleted).toEqual([{id: 4, updated_at: at(0), _deleted_at: dayOf(1)}]);
    expect(asked).toEqual([{id: 3}, {id: 4}]);
  });

  test('waits for the next one where it gets no answer', async () => {
    let down = true;
    const {api, sync} = asking(async () => {
      if (down) throw new Error('Down.');
      return true;
    });
    await sync();
    api.content[''] = range(1, 3);
    const second = await sync();
    expect([second.deleted, second.warnings]).toEqual([
      [],
      [
        'WARN Stream items: whether missing records are deleted could not be asked, so they wait for the next sweep: Down.',
      ],
    ]);
    down = false;
    expect((await sync()).deleted).toHaveLength(1);
  });
});

describe('a sweep that is killed', () => {
  test('before the STATE that covers what it found finds it again', async () => {
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

  test('finds it again from any STATE that lies before it', async () => {
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
    expect(before).toHaveLength(2);
    for (const state of before) {
      setState([state]);
      expect((await sync()).deleted).toMatchObject([{id: 3}]);
    }
  });
});
