// The same answer twice, within the memory and the time that a connector may take.
import type {Check, Fault} from '../check.ts';
import {catalogOf, runWith, streamsOf} from '../clients/profile.ts';
import {failureOf} from '../failure.ts';
import {recordsOf} from '../wire.ts';
import {type KeyOf, keysBy, keysOf, missingFrom} from './coverage.ts';
import {baselineOf, define} from './resume.ts';

type Records = ReturnType<typeof recordsOf>;

const unequal = (first: Records, second: Records, keyOf: KeyOf): readonly Fault[] => {
  const [one, two] = [keysOf(first, keyOf), keysOf(second, keyOf)];
  const told = (lost: ReturnType<typeof missingFrom>, which: string): readonly Fault[] =>
    [...lost].map(([stream, keys]) => ({
      reason: `${keys.length.toLocaleString('en')} records of ${stream} came in the ${which} read only`,
      offending: keys.slice(0, 3).join(' '),
      advice:
        'If the data did not change in between, pages are cut where the order of records is not fixed: sort by a unique field.',
    }));
  return [...told(missingFrom(one, two), 'first'), ...told(missingFrom(two, one), 'second')];
};

const streamKeys = (records: Records, keyOf: KeyOf): ReadonlyMap<string, string> =>
  new Map(
    [...Map.groupBy(records, ({stream}) => stream)].map(([stream, own]) => [
      stream,
      own.map(keyOf).join('\n'),
    ]),
  );

const disordered = (first: Records, second: Records, keyOf: KeyOf): readonly Fault[] => {
  const [one, two] = [streamKeys(first, keyOf), streamKeys(second, keyOf)];
  return [...one]
    .filter(([stream, keys]) => two.get(stream) !== keys)
    .map(([stream]) => ({
      reason: `${stream} comes in another order, or with other repeats, in a second full refresh`,
      advice: 'Ask the API for a fixed order, by a unique field, so that pages do not overlap.',
    }));
};

const determinism = define(
  'test_full_refresh_is_deterministic',
  'two full refreshes give the same records, in the same order',
  async (entry, runs) => {
    const streams = (await streamsOf(entry, runs)).filter(({syncModes}) =>
      syncModes.includes('full_refresh'),
    );
    if (streams.length === 0) return {skipped: 'no stream has full_refresh'};
    const catalog = catalogOf(streams, ({primaryKey}) => ({
      sync_mode: 'full_refresh',
      ...(primaryKey.length > 0 && {primary_key: primaryKey}),
    }));
    const [first, second] = [
      await runs.read(entry, {catalog}),
      await runs.read(entry, {catalog}, 1),
    ];
    if (failureOf(first) !== undefined || failureOf(second) !== undefined) {
      return {skipped: 'it needs two reads that succeed: see full_refresh'};
    }
    const [one, two, keyOf] = [recordsOf(first), recordsOf(second), keysBy(catalog)];
    const faults = unequal(one, two, keyOf);
    return faults.length > 0 ? faults : {warnings: disordered(one, two, keyOf)};
  },
);

const MIB = 1024 * 1024;
const MEMORY = 512 * MIB;

const memory = define(
  'test_memory',
  'a read takes no more than 512 MiB, or what --max-memory says',
  async (entry, runs, {settings}) => {
    const limit = settings.limits?.memory ?? MEMORY;
    const baseline = await baselineOf(entry, runs);
    if (baseline === undefined) return {skipped: 'it needs a read that succeeds: see basic_read'};
    const {peakMemory} = baseline.run;
    if (peakMemory === undefined) return {skipped: 'its memory cannot be measured here'};
    const peak = `${Math.round(peakMemory / MIB)} MiB`;
    if (peakMemory <= limit) return {note: `${peak} at most`};
    return [
      {
        reason: `a read took ${peak}; ${Math.round(limit / MIB)} MiB are allowed`,
        advice:
          'Write records as they come, page by page, and wait while stdout is full: memory must not grow with the data.',
      },
    ];
  },
);

const START_UP = 5000;

const startUp = define(
  'test_start_up',
  'spec answers within 5 seconds, or what --max-start-up says',
  async (entry, runs, context) => {
    const limit = context.settings.limits?.startUp ?? START_UP;
    // The first may have had to be read from a disk; clients ask again and again.
    const times: number[] = [];
    for (let turn = 0; turn < 2; turn += 1) {
      const run = await runWith(context, runs, entry, 'spec');
      times.push(run.took);
      if (run.took <= limit) break;
    }
    const took = Math.min(...times);
    if (took <= limit) return {note: `${took} ms`};
    return [
      {
        reason: `\`spec\` took ${took} ms; ${limit} ms are allowed`,
        advice: 'Load what only other commands need when they need it; ask no server for the spec.',
      },
    ];
  },
);

export const steadiness: readonly Check[] = [determinism, memory, startUp];
