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

  test('marks no record and warns if more than 20 records and more than a tenth are missing', async () => {
    const {last, sync, api} = await lose(200, 179);
    expect(last.deleted).toEqual([]);
    expect(last.warnings).toEqual([
      'WARN Stream items: 21 of 200 known records are missing in the lists of ids. This is more than the safety limit of 20 at once, so no record is marked as deleted. If they are deleted, set `deletes.sweep.safetyLimit` to a higher one or to false for one sync; if not, find out why the lists lack them.',
    ]);
    expect((await sync()).warnings).toEqual(last.warnings);
    api.content[''] = range(1, 180);
    expect((await sync()).deleted).toHaveLength(20);
  });

  test.each([
    [200, 180],
    [1000, 900],
    [21, 1],
  ])('lets %i records become %i', async (from, to) => {
    const {last} = await lose(from, to);
    expect(last.deleted).toHaveLength(from - to);
  });

  test('marks no record if one more than a tenth is missing', async () => {
    expect((await lose(1000, 899)).last.deleted).toEqual([]);
  });

  test('marks no record if all are missing, even if they are few', async () => {
    const {last} = await lose(3, 0);
    expect(last.deleted).toEqual([]);
    expect(last.warnings).toEqual([
      'WARN Stream items: 3 of 3 known records are missing in the lists of ids. No record would be left, so no record is marked as deleted. If they are deleted, set `deletes.sweep.safetyLimit` to false for one sync; if not, find out why the lists lack them.',
    ]);
  });

  test.each([
    [{safetyLimit: false}, 30, 0],
    [{safetyLimit: {least: 25}}, 30, 5],
    [{safetyLimit: {share: 0.9}}, 100, 10],
  ] as const)('can be set: %j', async (sweep, from, to) => {
    expect((await lose(from, to, sweep)).last.deleted).toHaveLength(from - to);
  });
});
