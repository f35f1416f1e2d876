// Faults that show only after a crash, in a second read, or in the use of time and memory.
import type {BrokenConnector, Hooks} from './hooks.ts';

const beyond = (
  name: string,
  hooks: Hooks,
  also: readonly string[] = [],
  limits?: BrokenConnector['limits'],
): BrokenConnector => ({
  caughtBy: `beyond.${name}`,
  also,
  hooks,
  everywhere: true,
  ...(limits && {limits}),
});

/** About every second record comes twice, different ones in each read. The counts in states are right. */
const repeating = (): Hooks => {
  let repeats = 0;
  return {
    message: (message) => {
      if (message['type'] === 'RECORD' && Math.random() < 0.5) {
        repeats += 1;
        return [message, message];
      }
      if (message['type'] !== 'STATE') return [message];
      message['state'].sourceStats.recordCount += repeats;
      repeats = 0;
      return [message];
    },
  };
};

const skipped = (cursor: string): string => {
  if (cursor === '' || cursor.startsWith('2999')) return cursor;
  const day = new Date(Date.parse(cursor.slice(0, 10)) + 2 * 86_400_000).toISOString();
  return cursor.length === 10 ? day.slice(0, 10) : day.replace('.000Z', 'Z');
};

const burn = (milliseconds: number): void => {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
};

const hold: Uint8Array[] = [];

export const beyondFaults: Readonly<Record<string, BrokenConnector>> = {
  'a read begins two days after its state': beyond('test_crash_and_resume', {since: skipped}, [
    'beyond.test_resume_from_every_state',
  ]),
  'each STATE covers records that come later': beyond(
    'test_crash_and_resume',
    {
      state: (blob) =>
        'updated_at' in blob && blob['updated_at'] < '2026-01-12'
          ? {updated_at: '2026-01-12T00:00:00Z'}
          : blob,
    },
    [
      'beyond.test_resume_from_every_state',
      ...['invariants.state-never-ahead', 'invariants.no-identical-states'],
    ],
  ),
  'different records come twice in each read': beyond(
    'test_full_refresh_is_deterministic',
    repeating(),
  ),
  'all records are kept in memory': beyond(
    'test_memory',
    {
      start: (command) => {
        if (command === 'read') hold.push(new Uint8Array(300 * 1024 * 1024).fill(1));
        return undefined;
      },
    },
    [],
    {memory: 256 * 1024 * 1024},
  ),
  'spec is slow': beyond(
    'test_start_up',
    {
      start: (command) => {
        if (command === 'spec') burn(1200);
        return undefined;
      },
    },
    [],
    {startUp: 1000},
  ),
};
