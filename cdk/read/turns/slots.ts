// How many slices are read at once, and whose turn it is.

export type Slot = {
  /** Says what is read in it, for whoever asks why nothing comes. */
  readonly name: (what: string) => void;
  /** Gives the place up for good. */
  readonly leave: () => void;
  /** Runs a long wait, and lets others have the place meanwhile. */
  readonly yieldDuring: <T>(wait: () => Promise<T>) => Promise<T>;
};

export type Slots = {
  /**
   * Resolves when there is room.
   * @param group whose turns are counted together: one stream with many slices does not keep the others waiting
   * @param first whether it goes before those that do not: what others wait for
   */
  readonly enter: (group: string, first: boolean) => Promise<Slot>;
  /** Those that are reading, and those that wait for room. */
  readonly count: () => {readonly reading: number; readonly waiting: number};
  /** What is read, as far as it was named. */
  readonly reading: () => readonly string[];
};

type Waiter = {readonly group: string; readonly first: boolean; readonly go: () => void};

/** So many places, and those who wait for one. */
const openPlaces = (limit: number) => {
  const waiters: Waiter[] = [];
  const turns = new Map<string, number>();
  /** By group, those in a place and those that have yielded it. */
  const begun = new Map<string, number>();
  let taken = 0;
  let turn = 0;

  const add = (group: string, more: 1 | -1): void =>
    void begun.set(group, (begun.get(group) ?? 0) + more);
  /** A group whose members have all yielded their places begins no more: there might be a hundred thousand of them. */
  const mayBegin = (group: string): boolean => taken < limit && (begun.get(group) ?? 0) < limit;

  /** Of those that go first, or else of all, the group whose last turn is longest ago. */
  const next = (): Waiter | undefined => {
    const able = waiters.filter(({group}) => mayBegin(group));
    const urgent = able.filter(({first}) => first);
    const queue = urgent.length > 0 ? urgent : able;
    return queue.reduce<Waiter | undefined>(
      (best, waiter) =>
        best && (turns.get(best.group) ?? 0) <= (turns.get(waiter.group) ?? 0) ? best : waiter,
      undefined,
    );
  };
  const begin = (group: string): void => {
    add(group, 1);
    taken += 1;
    turn += 1;
    turns.set(group, turn);
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
    yieldPlace: (): void => {
      taken -= 1;
      letIn();
    },
    /** At once, though there may be more than the limit then: those who have the places might wait for this one. */
    comeBack: (): void => {
      taken += 1;
    },
    /** @param isHeld whether it has its place, or has yielded it */
    leave: (group: string, isHeld: boolean): void => {
      add(group, -1);
      if (isHeld) taken -= 1;
      letIn();
    },
    count: () => ({reading: taken, waiting: waiters.length}),
  };
};

type Places = Pick<ReturnType<typeof openPlaces>, 'yieldPlace' | 'comeBack' | 'leave'>;

/** Several waits may yield one slot, as that of a page that is fetched ahead does; and the slot may be left meanwhile. */
const openLane = (group: string, places: Places, names: Map<symbol, string>): Slot => {
  const key = Symbol();
  let waits = 0;
  let isLeft = false;
  return {
    name: (what) => void names.set(key, what),
    leave: () => {
      if (isLeft) return;
      isLeft = true;
      names.delete(key);
      places.leave(group, waits === 0);
    },
    yieldDuring: async (wait) => {
      if (isLeft) return wait();
      waits += 1;
      if (waits === 1) places.yieldPlace();
      try {
        return await wait();
      } finally {
        waits -= 1;
        if (waits === 0 && !isLeft) places.comeBack();
      }
    },
  };
};

export const openSlots = (limit: number): Slots => {
  const places = openPlaces(limit);
  const names = new Map<symbol, string>();
  return {
    enter: async (group, first) => {
      await places.enter(group, first);
      return openLane(group, places, names);
    },
    count: places.count,
    reading: () => [...names.values()],
  };
};
