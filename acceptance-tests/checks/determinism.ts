// Two full refreshes must return the same records.

import {canonical} from '../../cdk/json/canonical.ts';
import type {Fault} from '../check-kit/check.ts';
import type {Verdict} from '../check-kit/define-check.ts';
import {failureOf} from '../check-kit/failure.ts';
import {configuredCatalog, filledStreams} from '../clients/client-check.ts';
import {type Emitted, recordsOf} from '../protocol/messages.ts';
import {type KeyOf, keysBy, keysOf, missingFrom} from './coverage.ts';
import {define} from './resume.ts';

type Records = readonly Emitted[];

const unequal = (first: Records, second: Records, keyOf: KeyOf): readonly Fault[] => {
  const [one, two] = [keysOf(first, keyOf), keysOf(second, keyOf)];
  const unequalFaults = (lost: ReturnType<typeof missingFrom>, which: string): readonly Fault[] =>
    [...lost].map(([stream, keys]) => ({
      reason: `${keys.length.toLocaleString('en')} records of ${stream} were in the ${which} read only`,
      offending: keys.slice(0, 3).join(' '),
      advice:
        'If the data did not change in between, the order of records is not the same for all pages: sort by a unique field.',
    }));
  return [
    ...unequalFaults(missingFrom(one, two), 'first'),
    ...unequalFaults(missingFrom(two, one), 'second'),
  ];
};

/** The keys of each stream's records, in their order. */
const sequences = (records: Records, keyOf: KeyOf): ReadonlyMap<string, readonly string[]> =>
  new Map(
    [...Map.groupBy(records, ({stream}) => stream)].map(([stream, own]) => [
      stream,
      own.map(keyOf),
    ]),
  );

/**
 * Compares two reads of the same streams. Records in only one of them are faults, records that come more often in one of
 * them are warnings. A different order is only noted: slices that are read concurrently have no fixed one.
 */
export const compareReads = (first: Records, second: Records, keyOf: KeyOf): Verdict => {
  const faults = unequal(first, second, keyOf);
  if (faults.length > 0) return faults;
  const again = sequences(second, keyOf);
  const changed = [...sequences(first, keyOf)].flatMap(([stream, one]) => {
    const two = again.get(stream) ?? [];
    if (canonical(one) === canonical(two)) return [];
    const isReordered = canonical([...one].sort()) === canonical([...two].sort());
    return [{stream, isReordered}];
  });
  const repeats = changed.filter(({isReordered}) => !isReordered);
  if (repeats.length > 0) {
    return {
      warnings: repeats.map(({stream}) => ({
        reason: `some records of ${stream} were read more often in one full refresh than in the other`,
        advice:
          'Request a fixed order from the API, by a unique field, so that pages do not overlap.',
      })),
    };
  }
  return changed.length === 0
    ? []
    : {
        note: `in a different order the second time: ${changed.map(({stream}) => stream).join(', ')}`,
      };
};

export const determinism = define(
  'test_full_refresh_is_deterministic',
  'two full refreshes return the same records equally often; a different order is only noted',
  async (entry, runs) => {
    const streams = (await filledStreams(entry, runs)).filter(({syncModes}) =>
      syncModes.includes('full_refresh'),
    );
    if (streams.length === 0) return {skipped: 'no stream has full_refresh'};
    const catalog = configuredCatalog(streams, ({primaryKey}) => ({
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
    return compareReads(recordsOf(first), recordsOf(second), keysBy(catalog));
  },
);
