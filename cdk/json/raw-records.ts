// Records as the bytes that they came in: what nobody looks at needs no parsing.
import {parseExact} from './exact.ts';
import type {JsonObject} from './values.ts';

export type RawRecords = {
  /** Well-formed JSON in valid UTF-8; nobody changes it. */
  readonly body: Buffer;
  /** Of each record where it begins and where it ends, one after the other. Each is an object with fields. */
  readonly bounds: readonly number[];
};

export const countOf = ({bounds}: RawRecords): number => bounds.length / 2;

export const startOf = ({bounds}: RawRecords, index: number): number => bounds[index * 2] ?? 0;

export const endOf = ({bounds}: RawRecords, index: number): number => bounds[index * 2 + 1] ?? 0;

export const recordAt = (raw: RawRecords, index: number): JsonObject =>
  parseExact(raw.body.toString('utf8', startOf(raw, index), endOf(raw, index)));

/** All of them parsed: anew with each call. */
export const parseAll = (raw: RawRecords): readonly JsonObject[] =>
  Array.from({length: countOf(raw)}, (_none, index) => recordAt(raw, index));

/** Those at these places. */
export const someOf = (raw: RawRecords, indices: readonly number[]): RawRecords => ({
  body: raw.body,
  bounds: indices.flatMap((index) => [startOf(raw, index), endOf(raw, index)]),
});
