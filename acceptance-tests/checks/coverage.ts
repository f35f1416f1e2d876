// Finds records that a client has neither from before a crash nor from the read after it.

import {at} from '../../cdk/json/at.ts';
import {canonical} from '../../cdk/json/canonical.ts';
import type {Fault} from '../check-kit/check.ts';
import type {Run} from '../connectors/connector.ts';
import {
  configuredStreamsOf,
  type Emitted,
  recordsOf,
  type StateMessage,
  statesOf,
} from '../protocol/messages.ts';

/** By stream: the primary keys of its records, or whole records if it has no primary key. */
export type Keys = ReadonlyMap<string, ReadonlySet<string>>;

export type KeyOf = (record: Emitted) => string;

export const keysBy = (catalog: unknown): KeyOf => {
  const streams = new Map(configuredStreamsOf(catalog).map((stream) => [stream.key, stream]));
  return ({stream, data}) => {
    const paths = streams.get(stream)?.primaryKey ?? [];
    return canonical(paths.length > 0 ? paths.map((path) => at(data, ...path)) : data);
  };
};

export const keysOf = (records: readonly Emitted[], keyOf: KeyOf): Keys => {
  const keys = new Map<string, Set<string>>();
  for (const record of records) {
    const known = keys.get(record.stream) ?? new Set();
    known.add(keyOf(record));
    keys.set(record.stream, known);
  }
  return keys;
};

/**
 * The records that the first `count` STATEs of a run commit: those before the last STATE of their own stream, or before
 * the last GLOBAL one. What came later may never have been stored.
 */
export const committed = (
  run: Run,
  count: number = Number.POSITIVE_INFINITY,
): readonly Emitted[] => {
  const positions = new Map(run.lines.map((line, index) => [line, index]));
  const states = statesOf(run).slice(0, count);
  const positionOf = ({line}: Pick<StateMessage, 'line'>): number => positions.get(line) ?? 0;
  const last = new Map<string | undefined, number>();
  for (const state of states) last.set(state.stream, positionOf(state));
  return recordsOf(run).filter((record) => {
    const covered = Math.max(last.get(record.stream) ?? -1, last.get(undefined) ?? -1);
    return positionOf(record) < covered;
  });
};

const MAX_NAMED = 3;

/** The keys of `all` that are in none of the others. */
export const missingFrom = (
  all: Keys,
  ...others: readonly Keys[]
): ReadonlyMap<string, readonly string[]> =>
  new Map(
    [...all]
      .map(([stream, keys]): readonly [string, readonly string[]] => [
        stream,
        [...keys].filter((key) => !others.some((other) => other.get(stream)?.has(key))),
      ])
      .filter(([, keys]) => keys.length > 0),
  );

/** A fault for each stream that lost records. */
export const lossFaults = (
  lost: ReadonlyMap<string, readonly string[]>,
  when: string,
): readonly Fault[] =>
  [...lost].map(([stream, keys]) => ({
    reason: `${keys.length.toLocaleString('en')} records of ${stream} are lost ${when}`,
    offending: `${keys.slice(0, MAX_NAMED).join(' ')}${keys.length > MAX_NAMED ? ' …' : ''}`,
    advice:
      'Emit each STATE after the records that it covers, and never move its cursor beyond records that are not written yet: after a crash, the next read resumes from the last STATE.',
  }));
