// How many slices are read at once, and whose turn it is.

export type Lane = {
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
};

type Waiter = {readonly group: string; readonly first: boolean; readonly go: () => void};

export const openLanes = (limit: number): Lanes => {
  const waiters: Waiter[] = [];
  const turns = new Map<string, number>();
  let reading = 0;
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
    reading += 1;
    turn += 1;
    turns.set(group, turn);
  };
  const free = (): void => {
    reading -= 1;
    const waiter = next();
    if (waiter === undefined) return;
    waiters.splice(waiters.indexOf(waiter), 1);
    admit(waiter.group);
    waiter.go();
  };
  const come = async (group: string, first: boolean): Promise<void> => {
    if (reading < limit) {
      admit(group);
      return;
    }
    await new Promise<void>((go) => waiters.push({group, first, go}));
  };
  /** Several may wait aside for one lane, as a page that is fetched ahead does; and the lane may be left meanwhile. */
  const openLane = (group: string, first: boolean): Lane => {
    let aside = 0;
    let isHeld = true;
    let isLeft = false;
    const give = (): void => {
      if (isHeld) free();
      isHeld = false;
    };
    const back = async (): Promise<void> => {
      aside -= 1;
      if (isLeft || aside > 0) return;
      await come(group, first);
      // Meanwhile another may have gone aside, or come back, or all may be over.
      if (isLeft || aside > 0 || isHeld) free();
      else isHeld = true;
    };
    return {
      leave: () => {
        isLeft = true;
        give();
      },
      aside: async (wait) => {
        if (isLeft) return wait();
        aside += 1;
        give();
        try {
          return await wait();
        } finally {
          await back();
        }
      },
    };
  };
  return {
    enter: async (group, first) => {
      await come(group, first);
      return openLane(group, first);
    },
    count: () => ({reading, waiting: waiters.length}),
  };
};
