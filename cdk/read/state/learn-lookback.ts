// A lookback that is learned: how late records appear is measured from run to run, and kept in the state.
//   {"learned": {"late": {…}, "span": 600000, "level": 0, "keys": "…"}}

import type {Stream} from '../../author/source.ts';
import type {CursorValue} from '../../author/types.ts';
import {exactOf, printExact} from '../../json/exact.ts';
import {isObject, type JsonObject} from '../../json/values.ts';
import type {StateBlob} from '../../protocol/state.ts';
import {
  aged,
  latenessToJson,
  lookbackMs,
  NOTHING_LEARNED,
  observeLate,
  parseLateness,
} from '../cursor/lateness.ts';
import {followOverlap, NO_OVERLAP, type Overlap} from '../cursor/overlap.ts';
import type {CursorRules} from '../cursor/rules.ts';
import type {SliceProgress} from './progress.ts';
import {packKeys, sliceNumber, unpackKeys} from './slice-keys.ts';

export type Learning = {
  /** The lookback of this run, in seconds. */
  readonly lookback: {readonly seconds: number};
  /** The same progress, which also looks at how late its records came. */
  readonly watch: (progress: SliceProgress, position: CursorValue | undefined) => SliceProgress;
  /** What the next run has to know. */
  readonly blob: (isFinished: boolean) => StateBlob;
};

const overlapIn = (learned: JsonObject): Overlap => {
  const {span, level, keys} = learned;
  const known = typeof keys === 'string' ? unpackKeys(keys) : undefined;
  return known && typeof span === 'number' && typeof level === 'number'
    ? {span, level, keys: known}
    : NO_OVERLAP;
};

/** A record that has changed is another one. */
const identity = ({primaryKey}: Stream, record: object, value: CursorValue): number => {
  const fields = primaryKey.map((field) => exactOf(record, field, Reflect.get(record, field)));
  return sliceNumber(printExact([primaryKey.length > 0 ? fields : record, value]));
};

/** @param latest no position moves behind this instant, in epoch milliseconds */
export const learnLookback = (
  stream: Stream,
  rules: CursorRules,
  before: StateBlob | undefined,
  latest: number,
): Learning => {
  const learned = isObject(before?.['learned']) ? before['learned'] : {};
  const known = 'late' in learned ? parseLateness(learned['late']) : NOTHING_LEARNED;
  const span = lookbackMs(known);
  let lateness = aged(known);
  const overlap = followOverlap({
    before: overlapIn(learned),
    span,
    latest,
    onLate: (behindMs) => {
      lateness = observeLate(lateness, behindMs);
    },
  });
  return {
    lookback: {seconds: span / 1_000},
    watch: (progress, position) => {
      const slice = overlap.slice(position === undefined ? undefined : rules.instantOf(position));
      return {
        ...progress,
        observe: (records, next) => {
          for (const record of records) {
            const value = rules.valueOf(record);
            const at = value === undefined ? undefined : rules.instantOf(value);
            if (value !== undefined && at !== undefined) {
              slice.observe(identity(stream, record, value), at);
            }
          }
          progress.observe(records, next);
        },
        complete: () => {
          slice.close();
          progress.complete();
        },
      };
    },
    blob: (isFinished) => {
      const {keys, ...rest} = overlap.memory(isFinished);
      return {learned: {late: latenessToJson(lateness), ...rest, keys: packKeys(keys)}};
    },
  };
};
