// Records as the bytes in which they were received, unparsed.
import {parseExact} from './exact.ts';
import type {JsonObject} from './values.ts';

export type RawRecords = {
  /** Valid JSON in valid UTF-8. Must not be changed. */
  readonly body: Buffer;
  /** The start and the end of each record, alternating. Each record is an object with at least one field. */
  readonly bounds: readonly number[];
};

export const countOf = ({bounds}: RawRecords): number => bounds.length / 2;

export const startOf = ({bounds}: RawRecords, index: number): number => bounds[index * 2] ?? 0;

export const endOf = ({bounds}: RawRecords, index: number): number => bounds[index * 2 + 1] ?? 0;

export const bytesAt = (raw: RawRecords, index: number): Buffer =>
  raw.body.subarray(startOf(raw, index), endOf(raw, index));

export const recordAt = (raw: RawRecords, index: number): JsonObject =>
  parseExact(raw.body.toString('utf8', startOf(raw, index), endOf(raw, index)));

export const parseAll = (raw: RawRecords): readonly JsonObject[] =>
  Array.from({length: countOf(raw)}, (_none, index) => recordAt(raw, index));

export const someOf = (raw: RawRecords, indices: readonly number[]): RawRecords => ({
  body: raw.body,
  bounds: indices.flatMap((index) => [startOf(raw, index), endOf(raw, index)]),
});
