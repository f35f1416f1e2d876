// Logs what a run waits for when no records have come for a while: a run that hangs silently cannot be debugged.

export type Watchdog = {
  /** Call it for every page of records. */
  readonly feed: () => void;
  readonly stop: () => void;
};

type Watched = {
  readonly now: () => number;
  /** Warns after so many milliseconds without records, and again after each. */
  readonly patience: number;
  readonly waitsFor: () => readonly string[];
  readonly warn: (message: string) => void;
};

const CHECKS_PER_PATIENCE = 10;
const MAX_NAMED = 10;

export const openWatchdog = ({now, patience, waitsFor, warn}: Watched): Watchdog => {
  let fedAt = now();
  let warnedAt = fedAt;
  const check = (): void => {
    const quiet = now() - Math.max(fedAt, warnedAt);
    if (quiet < patience) return;
    warnedAt = now();
    const seconds = Math.round((warnedAt - fedAt) / 1_000);
    const found = waitsFor();
    const named = found.slice(0, MAX_NAMED).join('; ');
    const more = found.length > MAX_NAMED ? `; and ${found.length - MAX_NAMED} more` : '';
    const reason =
      found.length > 0
        ? `Waiting for ${named}${more}.`
        : 'Cause unknown: no request, slice or reader is pending.';
    warn(`No records for ${seconds} s. ${reason}`);
  };
  const timer = setInterval(check, patience / CHECKS_PER_PATIENCE);
  // The timer must not keep a finished program alive.
  timer.unref();
  return {
    feed: () => {
      fedAt = now();
    },
    stop: () => clearInterval(timer),
  };
};
