// Every invariant, in the order in which they are explained.
import {lineSeparators, lineSize, oneMessageALine} from './framing.ts';
import type {Invariant} from './invariant.ts';
import {emittedAt, noNulls, protocolSchema} from './protocol.ts';

export const INVARIANTS: readonly Invariant[] = [
  oneMessageALine,
  lineSize,
  lineSeparators,
  protocolSchema,
  emittedAt,
  noNulls,
];
