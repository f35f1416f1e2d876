// Limits how many slices are read at once, and schedules them.

export type Slot = {
  /** Names what is read in it, for the watchdog. */
  readonly name: (what: string) => void;
  readonly leave: () => void;
  /** Others may use the slot during a long wait. */
  readonly yieldDuring: <T>(wait: () => Promise<T>) => Promise<T>;
};

export type Slots = {
  /**
   * @param group is scheduled as one: a stream with many slices does not keep the others waiting
   * @param first goes before those that are not first, because others wait for it
   */
  readonly enter: (group: string, first: boolean) => Promise<Slot>;
  readonly count: () => {readonly reading: number; readonly waiting: number};
  readonly reading: () => readonly string[];
};

type Waiter = {readonly group: string; readonly first: boolean; readonly go: () => void};

/** A fixed number of slots and a waiting list. */
const openSchedule = (limit: number) => {
  const waiters: Waiter[] = [];
  /** By group, when it last entered, as a count of entries. */
  const entered = new Map<string, number>();
  /** By group, its slices that are reading and those that have yielded their slots. */
  const begun = new Map<string, number>();
  let taken = 0;
  let entries = 0;

  const add = (group: string, more: 1 | -1): void =>
    void begun.set(group, (begun.get(group) ?? 0) + more);
  /** A group whose slices have all yielded their slots begins no more: it might have a hundred thousand. */
  const mayBegin = (group: string): boolean => taken < limit && (begun.get(group) ?? 0) < limit;

  /** Of those that go first, or else of all, the group that entered longest ago. */
  const next = (): Waiter | undefined => {
    const able = waiters.filter(({group}) => mayBegin(group));
    const urgent = able.filter(({first}) => first);
    const queue = urgent.length > 0 ? urgent : able;
    return queue.reduce<Waiter | undefined>(
      (best, waiter) =>
        best && (entered.get(best.group) ?? 0) <= (entered.get(waiter.group) ?? 0) ? best : waiter,
      undefined,
    );
  };
  const begin = (group: string): void => {
    add(group, 1);
    taken += 1;
    entries += 1;
    entered.set(group, entries);
  };
  const letIn = (): void => {
    const waiter = next();
    if (waiter === undefined) return;
    waiters.splice(waiters.indexOf(waiter), 1);
    begin(waiter.group);
    waiter.go();
  };
  return {
    enter: async (group: string, first: boolean): Promise<void> => {
      if (mayBegin(group)) begin(group);
      else await new Promise<void>((go) => waiters.push({group, first, go}));
    },
    yieldSlot: (): void => {
      taken -= 1;
      letIn();
    },
    /** At once, even beyond the limit: those that have the slots might wait for this one. */
    comeBack: (): void => {
      taken += 1;
    },
    /** @param isHeld false while the slot is yielded */
    leave: (group: string, isHeld: boolean): void => {
      add(group, -1);
      if (isHeld) taken -= 1;
      letIn();
    },
    count: () => ({reading: taken, waiting: waiters.length}),
  };
};

type Schedule = ReturnType<typeof openSchedule>;

/** Several waits may yield one slot at once, such as that of a prefetched page, and the slot may be left meanwhile. */
const openSlot = (group: string, schedule: Schedule, names: Map<symbol, string>): Slot => {
  const key = Symbol();
  let waits = 0;
  let isLeft = false;
  return {
    name: (what) => void names.set(key, what),
    leave: () => {
      if (isLeft) return;
      isLeft = true;
      names.delete(key);
      schedule.leave(group, waits === 0);
    },
    yieldDuring: async (wait) => {
      if (isLeft) return wait();
      waits += 1;
      if (waits === 1) schedule.yieldSlot();
      try {
        return await wait();
      } finally {
        waits -= 1;
        if (waits === 0 && !isLeft) schedule.comeBack();
      }
    },
  };
};

export const openSlots = (limit: number): Slots => {
  const schedule = openSchedule(limit);
  const names = new Map<symbol, string>();
  return {
    enter: async (group, first) => {
      await schedule.enter(group, first);
      return openSlot(group, schedule, names);
    },
    count: schedule.count,
    reading: () => [...names.values()],
  };
};
