import type {Stop} from './child.ts';

/** By the convention of shells: 128 plus the signal's number. */
const SIGNALS = {SIGTERM: 143, SIGINT: 130, SIGHUP: 129, SIGQUIT: 131} as const;

/** Ignored after `nohup`; `scripts/node.sh` sets the variable. */
const isIgnored = (signal: string): boolean =>
  signal === 'SIGHUP' && process.env['HEADWATER_NOHUP'] !== undefined;

/** The time that a run has after the second signal to report its end, in milliseconds. */
const FAREWELL = 1_000;

export type Signals = Stop & {
  /** The exit code of a run that was stopped; undefined for a run that was not. */
  readonly exitCode: () => number | undefined;
  readonly close: () => void;
};

/**
 * On SIGTERM, SIGINT, SIGHUP or SIGQUIT ends the run cleanly, and on a second one at once.
 * @param announce called with the name of the first signal
 */
export const listenForSignals = (announce: (signal: string) => void): Signals => {
  const soon = new AbortController();
  const now = new AbortController();
  let exitCode: number | undefined;
  const listeners = Object.entries(SIGNALS).map(([signal, code]) => {
    const listener = (): void => {
      if (isIgnored(signal)) return;
      if (soon.signal.aborted) {
        now.abort();
        setTimeout(() => process.exit(code), FAREWELL).unref();
        return;
      }
      exitCode = code;
      announce(signal);
      soon.abort();
    };
    process.on(signal, listener);
    return () => process.off(signal, listener);
  });
  return {
    soon: soon.signal,
    now: now.signal,
    exitCode: () => exitCode,
    close: () => {
      for (const remove of listeners) remove();
    },
  };
};
