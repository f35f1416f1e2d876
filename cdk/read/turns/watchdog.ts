// Says what a run waits for when nothing has come for a while: a run that hangs without a word can't be helped.

export type Watchdog = {
  /** Something came. */
  readonly feed: () => void;
  readonly stop: () => void;
};

type Watched = {
  readonly now: () => number;
  /** How long nothing may come, in milliseconds, until it is said; and again each time. */
  readonly patience: number;
  /** What is waited for, in words. */
  readonly waitsFor: () => readonly string[];
  readonly warn: (message: string) => void;
};

/** How often it looks while it is patient. */
const LOOKS = 10;

const MOST_NAMED = 10;

export const openWatchdog = ({now, patience, waitsFor, warn}: Watched): Watchdog => {
  let fedAt = now();
  let toldAt = fedAt;
  const look = (): void => {
    const quiet = now() - Math.max(fedAt, toldAt);
    if (quiet < patience) return;
    toldAt = now();
    const found = waitsFor();
    const named = found.slice(0, MOST_NAMED).join('; ');
    const more = found.length > MOST_NAMED ? `; and ${found.length - MOST_NAMED} more` : '';
    warn(
      `Nothing has come for ${Math.round((toldAt - fedAt) / 1_000)} s. Waiting for ${named || 'nothing that is known of'}${more}.`,
    );
  };
  const timer = setInterval(look, patience / LOOKS);
  // It must not keep a program that has nothing else to do.
  timer.unref();
  return {
    feed: () => {
      fedAt = now();
    },
    stop: () => clearInterval(timer),
  };
};
