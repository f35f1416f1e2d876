// How many slices are read at once, and whose turn it is.

export type Lane = {
  /** Says what is read in it, for whoever asks why nothing comes. */
  readonly name: (what: string) => void;
  /** Gives the place up for good. */
  readonly leave: () => void;
  /** Gives the place up while something long is waited for. */
  readonly aside: <T>(wait: () => Promise<T>) => Promise<T>;
};

export type Lanes = {
  /**
   * Resolves when there is room.
   * @param group whose turns are counted together: one stream with many slices does not keep the others waiting
   * @param first whether it goes before those that do not: what others wait for
   */
  readonly enter: (group: string, first: boolean) => Promise<Lane>;
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
  let taken = 0;
  let turn = 0;

  /** Of those that go first, or else of all, the group whose last turn is longest ago. */
  const next = (): Waiter | undefined => {
    const urgent = waiters.filter(({first}) => first);
    const queue = urgent.length > 0 ? urgent : waiters;
    return queue.reduce<Waiter | undefined>(
      (best, waiter) =>
        best && (turns.get(best.group) ?? 0) <= (turns.get(waiter.group) ?? 0) ? best : waiter,
      undefined,
    );
  };
  const admit = (group: string): void => {
    taken += 1;
    turn += 1;
    turns.set(group, turn);
  };
  return {
    take: async (group: string, first: boolean): Promise<void> => {
      if (taken < limit) admit(group);
      else await new Promise<void>((go) => waiters.push({group, first, go}));
    },
    free: (): void => {
      taken -= 1;
      const waiter = next();
      if (waiter === undefined) return;
      waiters.splice(waiters.indexOf(waiter), 1);
      admit(waiter.group);
      waiter.go();
    },
    count: () => ({reading: taken, waiting: waiters.length}),
  };
};

type Places = Pick<ReturnType<typeof openPlaces>, 'free'> & {readonly take: () => Promise<void>};

/** Several may wait aside for one lane, as a page that is fetched ahead does; and the lane may be left meanwhile. */
const openLane = ({take, free}: Places, names: Map<symbol, string>): Lane => {
  const key = Symbol();
  let waiting = 0;
  let isHeld = true;
  let isLeft = false;
  const give = (): void => {
    if (isHeld) free();
    isHeld = false;
  };
  const comeBack = async (): Promise<void> => {
    waiting -= 1;
    if (isLeft || waiting > 0) return;
    await take();
    // Meanwhile another may have gone aside, or come back, or all may be over.
    if (isLeft || waiting > 0 || isHeld) free();
    else isHeld = true;
  };
  return {
    name: (what) => void names.set(key, what),
    leave: () => {
      isLeft = true;
      names.delete(key);
      give();
    },
    aside: async (wait) => {
      if (isLeft) return wait();
      waiting += 1;
      give();
      try {
        return await wait();
      } finally {
        await comeBack();
      }
    },
  };
};

export const openLanes = (limit: number): Lanes => {
  const {take, free, count} = openPlaces(limit);
  const names = new Map<symbol, string>();
  return {
    enter: async (group, first) => {
      await take(group, first);
      return openLane({take: () => take(group, first), free}, names);
    },
    count,
    reading: () => [...names.values()],
  };
};
