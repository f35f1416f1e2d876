// Counts the rows of a stream, and follows its status.
import type {StreamDescriptor} from '../../cdk/protocol/generated/airbyte.ts';

/** A stream that has not started is `waiting` during the run, and `not read` after it. */
export type StreamStatus = 'waiting' | 'running' | 'complete' | 'incomplete' | 'not read';

export type StreamReport = {
  readonly name: string;
  readonly status: StreamStatus;
  readonly rows: number;
  readonly bytes: number;
  /** Milliseconds from its start to its end, or to now. */
  readonly elapsed: number;
  readonly file: string | undefined;
  /** The end of a rate limit, in epoch milliseconds; 0 if it is unknown, undefined if the stream does not wait. */
  readonly waitsUntil: number | undefined;
};

export type StreamTally = {
  readonly landed: (path: string, bytes: number) => void;
  /** @param status STARTED, RUNNING, COMPLETE or INCOMPLETE; others are ignored */
  readonly statusChanged: (status: string, waitsUntil: number | undefined) => void;
  /** Returns the number of rows that landed since the last call. */
  readonly takeCount: () => number;
  /** Rows are missing, so the stream is incomplete, whatever status follows. */
  readonly lost: () => void;
  /** Replaces the counts by those of the file. */
  readonly settle: (written: {readonly rows: number; readonly bytes: number}) => void;
  /** Ends the run. A stream without a final status is complete only if `impliedComplete`. */
  readonly end: (impliedComplete: boolean) => void;
  readonly report: () => StreamReport;
};

const STATUSES: Readonly<Record<string, StreamStatus>> = {
  STARTED: 'running',
  RUNNING: 'running',
  COMPLETE: 'complete',
  INCOMPLETE: 'incomplete',
};

const labelOf = ({name, namespace}: StreamDescriptor): string =>
  namespace === undefined ? name : `${namespace}.${name}`;

export const openStreamTally = (descriptor: StreamDescriptor, now: () => number): StreamTally => {
  let status: StreamStatus = 'waiting';
  let written = {rows: 0, bytes: 0};
  let rowsAtState = 0;
  let startedAt: number | undefined;
  let endedAt: number | undefined;
  let file: string | undefined;
  let waitsUntil: number | undefined;
  let isLost = false;

  const setStatus = (next: StreamStatus): void => {
    status = isLost ? 'incomplete' : next;
    if (status === 'running') startedAt ??= now();
    else endedAt ??= now();
  };
  const elapsed = (): number => (startedAt === undefined ? 0 : (endedAt ?? now()) - startedAt);
  return {
    landed: (path, bytes) => {
      if (status === 'waiting') setStatus('running');
      written = {rows: written.rows + 1, bytes: written.bytes + bytes};
      file = path;
      waitsUntil = undefined;
    },
    statusChanged: (reported, until) => {
      const next = STATUSES[reported];
      if (next === undefined) return;
      waitsUntil = until;
      setStatus(next);
    },
    takeCount: () => {
      const count = written.rows - rowsAtState;
      rowsAtState = written.rows;
      return count;
    },
    lost: () => {
      isLost = true;
      setStatus('incomplete');
    },
    settle: ({rows, bytes}) => {
      written = {rows, bytes};
      if (rows === 0) file = undefined;
    },
    end: (impliedComplete) => {
      if (status === 'waiting') setStatus(impliedComplete ? 'complete' : 'not read');
      if (status === 'running') setStatus(impliedComplete ? 'complete' : 'incomplete');
    },
    report: () => ({
      name: labelOf(descriptor),
      status,
      ...written,
      elapsed: elapsed(),
      file,
      waitsUntil,
    }),
  };
};
