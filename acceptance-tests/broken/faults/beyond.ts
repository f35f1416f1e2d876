// Faults that show only after a crash, in a second read, or in what a machine has to give.
import type {BrokenConnector, Hooks, Json} from '../hooks.ts';

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

/** Shuffles the records between two other messages. */
const shuffled = (): Hooks => {
  let held: Json[] = [];
  return {
    message: (message) => {
      if (message['type'] === 'RECORD') {
        held.push(message);
        return [];
      }
      const records = held.map((record) => ({record, at: Math.random()}));
      held = [];
      return [...records.sort((a, b) => a.at - b.at).map(({record}) => record), message];
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
  'each STATE says that all has been read': beyond(
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
  'records come in any order': beyond('test_full_refresh_is_deterministic', shuffled()),
  'all that is read is kept in memory': beyond(
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
  'spec thinks before it answers': beyond(
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
