import {describe, expect, test} from '@jest/globals';
import {inStep, openFilledTrashApi as opened, type Trash} from '../../../test/read/trash-api.ts';

const KINDS: readonly (readonly [string, Trash])[] = [
  ['is listed by time', {}],
  ['is listed with the newest first', {order: 'descending'}],
  ['is not listed by time', {order: 'by-id'}],
  ['is listed only after `since`', {filter: 'after'}],
  ['is listed whatever `since` is', {filter: 'none', order: 'by-id'}],
  ['has times in seconds', {times: 'epoch-s'}],
  ['has no times', {times: 'none'}],
  ['shows the cursor', {showsCursor: true}],
  ['shows restored records', {restored: 'flagged'}],
  ['shows restored records first', {restored: 'flagged', order: 'descending', filter: 'none'}],
  ['has an event for each restored record', {restored: 'event'}],
  ['has its events newest first', {restored: 'event', order: 'descending'}],
  ['has its events in no order', {restored: 'event', order: 'by-id', filter: 'after', pageSize: 2}],
];

describe.each(KINDS)('a trash that %s', (_kind, trash) => {
  test.each([1, 2, 4])(
    'returns record %i, which keeps its cursor, between two syncs',
    async (id) => {
      const api = await opened(trash);
      for (const one of [4, 1, 2]) {
        api.delete(one);
        api.api.day += 0.1;
      }
      await inStep(api);
      api.restore(id);
      await inStep(api);
      await inStep(api);
    },
  );

  test('returns a record that is deleted and restored again and again', async () => {
    const api = await opened(trash);
    for (let round = 0; round < 3; round += 1) {
      api.delete(2);
      await inStep(api);
      api.restore(2);
      await inStep(api);
    }
    api.delete(2);
    await inStep(api);
    api.restore(2);
    api.api.day += 0.1;
    api.delete(2);
    await inStep(api);
    api.restore(2);
    await inStep(api);
  });

  test.each([true, false])(
    'returns what exists of a record that was deleted and restored at one time (%s)',
    async (isLast) => {
      const api = await opened(trash);
      if (!isLast) {
        api.delete(2);
        await inStep(api);
        api.restore(2);
      }
      api.delete(2);
      if (isLast) api.restore(2);
      await inStep(api);
      await inStep(api);
    },
  );

  test('returns a record that was deleted and restored between two syncs', async () => {
    const api = await opened(trash);
    api.delete(2);
    api.api.day += 0.1;
    api.restore(2);
    await inStep(api);
    await inStep(api);
  });

  test('returns a record that is restored while the list is read', async () => {
    const api = await opened(trash);
    for (const id of [1, 2, 3]) api.delete(id);
    await inStep(api);
    let pages = 0;
    api.api.onPage = () => {
      pages += 1;
      if (pages === 1) api.restore(3);
    };
    await api.sync();
    await inStep(api);
  });

  test('loses no record that is deleted while the list is read', async () => {
    const api = await opened(trash);
    api.delete(1);
    await inStep(api);
    let pages = 0;
    api.api.onPage = () => {
      pages += 1;
      if (pages === 1) {
        api.restore(1);
        api.delete(2);
      }
    };
    api.delete(3);
    await api.sync();
    await inStep(api);
  });

  test('may be emptied: these records stay deleted', async () => {
    const api = await opened(trash);
    for (const id of [1, 2, 3]) api.delete(id);
    await inStep(api);
    for (const id of [1, 2, 3]) api.purge(id);
    await inStep(api);
    await inStep(api);
    expect(api.api.fetched.length).toBeLessThanOrEqual(3);
  });

  test('may expire: these records stay deleted, and younger ones can be restored', async () => {
    const api = await opened(trash);
    api.delete(1);
    await inStep(api);
    api.delete(2);
    for (let day = 0; day < 29; day += 1) {
      api.expire();
      await inStep(api);
    }
    api.restore(2);
    api.expire();
    await inStep(api);
    api.api.day += 40;
    api.expire();
    await inStep(api);
  });

  test('returns a record that was restored during a long rest', async () => {
    const api = await opened(trash);
    api.delete(1);
    api.delete(2);
    await inStep(api);
    api.api.day += 10;
    api.restore(2);
    api.api.day += 50;
    api.expire();
    await inStep(api);
  });

  test('returns a record that was restored to another slice', async () => {
    const api = await opened({...trash, slices: ['a', 'b']});
    api.delete(2);
    await inStep(api);
    api.restore(2, 'b');
    await inStep(api);
  });

  test('returns a record after a sync that failed half way', async () => {
    const api = await opened({...trash, pageSize: 1});
    for (const id of [1, 2, 3]) api.delete(id);
    await inStep(api);
    api.restore(3);
    api.delete(4);
    let pages = 0;
    api.api.onPage = () => {
      pages += 1;
      if (pages === 2) throw new Error('Cut off.');
    };
    expect((await api.sync()).complete).toBe(false);
    api.api.onPage = undefined;
    await inStep(api);
  });

  test('emits a deleted record once', async () => {
    const api = await opened(trash);
    api.delete(1);
    api.delete(2);
    expect((await api.sync()).deleted).toHaveLength(2);
    expect((await api.sync()).deleted).toEqual([]);
    expect((await api.sync()).deleted).toEqual([]);
    api.api.day += 40;
    expect((await api.sync()).deleted).toEqual([]);
    expect((await api.sync()).deleted).toEqual([]);
  });
});
