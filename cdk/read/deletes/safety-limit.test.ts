import {describe, expect, test} from '@jest/globals';
import {openApi, range} from '../../../test/read/deleting-api.ts';
import type {SafetyLimit} from '../../author/deletes.ts';

describe('the safety limit', () => {
  const lose = async (
    from: number,
    to: number,
    sweep: {safetyLimit?: SafetyLimit | false} = {},
  ) => {
    const opened = openApi({'': range(1, from)}, {sweep});
    await opened.sync();
    opened.api.content[''] = range(1, to);
    await opened.sync();
    return {...opened, last: await opened.sync()};
  };

  test('holds back more than 20 records and more than a tenth, says how many, and keeps them', async () => {
    const {last, sync, api} = await lose(200, 179);
    expect(last.deleted).toEqual([]);
    expect(last.warnings).toEqual([
      'WARN Stream items: 21 of 200 known records are missing in the lists of ids. More than 20 at once are held back, so none of them is marked as deleted. If they are deleted, let them through with `deletes.sweep.safetyLimit`, a higher one or false, for one sync; if not, see what the lists lack.',
    ]);
    expect((await sync()).warnings).toEqual(last.warnings);
    api.content[''] = range(1, 180);
    expect((await sync()).deleted).toHaveLength(20);
  });

  test.each([
    [200, 180],
    [1000, 900],
    [21, 1],
  ])('lets %i become %i', async (from, to) => {
    const {last} = await lose(from, to);
    expect(last.deleted).toHaveLength(from - to);
  });

  test('holds back a tenth and one', async () => {
    expect((await lose(1000, 899)).last.deleted).toEqual([]);
  });

  test('holds back all that there is, however few', async () => {
    const {last} = await lose(3, 0);
    expect(last.deleted).toEqual([]);
    expect(last.warnings).toEqual([
      'WARN Stream items: 3 of 3 known records are missing in the lists of ids. None would be left, so none of them is marked as deleted. If they are deleted, let them through with `deletes.sweep.safetyLimit`, false, for one sync; if not, see what the lists lack.',
    ]);
  });

  test.each([
    [{safetyLimit: false}, 30, 0],
    [{safetyLimit: {least: 25}}, 30, 5],
    [{safetyLimit: {share: 0.9}}, 100, 10],
  ] as const)('is what the author says: %j', async (sweep, from, to) => {
    expect((await lose(from, to, sweep)).last.deleted).toHaveLength(from - to);
  });
});
