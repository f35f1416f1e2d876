import {setImmediate as tick} from 'node:timers/promises';
import {expect, test} from '@jest/globals';
import {openSlots} from './slots.ts';

/** Enters, notes it, and stays until it is told to leave. */
const crowd = (limit: number) => {
  const slots = openSlots(limit);
  const inside: string[] = [];
  const leave = new Map<string, () => void>();
  const enter = async (name: string, first = false) => {
    const [group = ''] = name;
    const slot = await slots.enter(group, first);
    inside.push(name);
    leave.set(name, slot.leave);
    return slot;
  };
  return {slots, inside, leave: (name: string) => leave.get(name)?.(), enter};
};

test('slots take as many as they are, and the next when one leaves', async () => {
  const {inside, enter, leave, slots} = crowd(2);
  for (const name of ['a1', 'a2', 'a3']) void enter(name);
  await tick();
  expect([inside, slots.count()]).toEqual([['a1', 'a2'], {reading: 2, waiting: 1}]);
  leave('a1');
  await tick();
  expect([inside, slots.count()]).toEqual([['a1', 'a2', 'a3'], {reading: 2, waiting: 0}]);
});

test('groups take turns, however many of one wait', async () => {
  const {inside, enter, leave} = crowd(1);
  for (const name of ['a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'c1']) void enter(name);
  for (let turn = 0; turn < 7; turn += 1) {
    await tick();
    leave(inside.at(-1) ?? '');
  }
  expect(inside).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3', 'a4']);
});

test('what others wait for goes first', async () => {
  const {inside, enter, leave} = crowd(1);
  void enter('a1');
  void enter('a2');
  void enter('p1', true);
  await tick();
  leave('a1');
  await tick();
  expect(inside).toEqual(['a1', 'p1']);
});

test('a slot that is yielded during a wait lets another stream in, and is back at once when the wait is over', async () => {
  const {inside, enter, leave, slots} = crowd(1);
  const slot = await enter('a1');
  void enter('b1');
  const wait = Promise.withResolvers<string>();
  const back = slot.yieldDuring(() => wait.promise);
  await tick();
  expect(inside).toEqual(['a1', 'b1']);
  wait.resolve('over');
  expect(await back).toBe('over');
  // One too many for a while: b1 might wait for a1, as for a token that a1 is fetching.
  expect(slots.count()).toEqual({reading: 2, waiting: 0});
  leave('b1');
  leave('a1');
  expect(slots.count()).toEqual({reading: 0, waiting: 0});
});

test('a stream that has yielded all its slots begins no more slices', async () => {
  const {inside, enter, leave, slots} = crowd(2);
  const wait = Promise.withResolvers<void>();
  const waits: Promise<void>[] = [];
  for (const name of ['a1', 'a2']) {
    const slot = await enter(name);
    waits.push(slot.yieldDuring(() => wait.promise));
  }
  void enter('a3');
  void enter('b1');
  await tick();
  expect([inside, slots.count()]).toEqual([['a1', 'a2', 'b1'], {reading: 1, waiting: 1}]);
  wait.resolve();
  await Promise.all(waits);
  leave('a1');
  leave('b1');
  await tick();
  expect([inside.at(-1), slots.count()]).toEqual(['a3', {reading: 2, waiting: 0}]);
});

test('of several waits that yield one slot the last brings it back, and one that was left stays free', async () => {
  const {enter, slots} = crowd(1);
  const slot = await enter('a1');
  const waits = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const back = waits.map(({promise}) => slot.yieldDuring(() => promise));
  waits[0]?.resolve();
  await tick();
  expect(slots.count()).toEqual({reading: 0, waiting: 0});
  waits[1]?.resolve();
  await Promise.all(back);
  expect(slots.count()).toEqual({reading: 1, waiting: 0});
  const late = Promise.withResolvers<void>();
  const over = slot.yieldDuring(() => late.promise);
  slot.leave();
  late.resolve();
  await over;
  expect(slots.count()).toEqual({reading: 0, waiting: 0});
});
