// Every invariant, in the order of docs/lint.md.
import {exactCounts, noIdenticalStates, stateCoversRecords, stateForm} from './counts.ts';
import {exitCode, failuresAreReported, oneResponse} from './exit.ts';
import {lineSeparators, lineSize, oneMessageALine} from './framing.ts';
import type {Invariant} from './invariant.ts';
import {emittedAt, noNulls, protocolSchema} from './protocol.ts';
import {recordSchema, undeclaredFields} from './record-schema.ts';
import {noSecrets} from './secrets.ts';
import {everyStreamEnds, statusOrder} from './statuses.ts';
import {configuredStreamsOnly, consistentNamespaces, noEmptyData, primaryKeys} from './streams.ts';
import {stateNeverAhead, watermarkNeverBack} from './watermark.ts';

export const INVARIANTS: readonly Invariant[] = [
  ...[oneMessageALine, lineSize, lineSeparators],
  ...[protocolSchema, emittedAt, noNulls, oneResponse],
  ...[configuredStreamsOnly, consistentNamespaces, noEmptyData, primaryKeys],
  ...[recordSchema, undeclaredFields],
  ...[exactCounts, stateCoversRecords, noIdenticalStates, stateForm],
  ...[watermarkNeverBack, stateNeverAhead],
  ...[statusOrder, everyStreamEnds],
  ...[exitCode, failuresAreReported, noSecrets],
];
