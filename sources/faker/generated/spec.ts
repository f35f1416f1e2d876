// From ../spec.json by `npm run generate`.
import type {Spec} from 'headwater';
import json from '../spec.json' with {type: 'json'};

/**
 * How many users there are, and how many purchases they made. There are 100 products at most.
 */
export type Count = number;
/**
 * The same seed gives the same rows, byte for byte, on every machine.
 */
export type Seed = number;
/**
 * How many records are generated at a time; a state is emitted after each such slice.
 */
export type RecordsPerSlice = number;
/**
 * If true, every row counts as updated at the time of each sync, so each sync emits all of them again. If false, a sync emits only the rows that are new.
 */
export type AlwaysUpdated = boolean;
/**
 * How many threads generate rows. The rows and their order stay the same. More than one pays off for large counts only.
 */
export type Parallelism = number;

export interface Config {
  count: Count;
  seed: Seed;
  records_per_slice: RecordsPerSlice;
  always_updated: AlwaysUpdated;
  parallelism: Parallelism;
}

export const spec: Spec<Config> = json;
