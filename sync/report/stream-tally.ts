// What is known of one stream's run.
import type {StreamDescriptor} from '../../cdk/protocol/generated/airbyte.ts';

/** `waiting` and `not read` are a stream's states before it began: while the run goes on, and after it. */
export type StreamStatus = 'waiting' | 'running' | 'complete' | 'incomplete' | 'not read';

export type StreamReport = {
  readonly name: string;
  readonly status: StreamStatus;
  readonly rows: number;
  readonly bytes: number;
  /** From its begin to its end, or to now, in milliseconds. */
  readonly elapsed: number;
  readonly file: string | undefined;
  /** When the rate limit it waits for ends, in epoch milliseconds (0: nobody knows); undefined while it does not wait. */
  readonly waitsUntil: number | undefined;
};

export type StreamTally = {
  readonly landed: (path: string, bytes: number) => void;
  /** What the source says of it: STARTED, RUNNING, COMPLETE, INCOMPLETE. */
  readonly heard: (status: string, waitsUntil: number | undefined) => void;
  /** How many rows landed since the last call. */
  readonly takeCount: () => number;
  /** Corrects what was counted by what is in the file. */
  readonly settle: (written: {readonly rows: number; readonly bytes: number}) => void;
  /** The run is over; a stream that did not say how it ended is complete only if `impliedComplete`. */
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

/** Opens the books of one stream. */
export const openStreamTally = (descriptor: StreamDescriptor, now: () => number): StreamTally => {
  let status: StreamStatus = 'waiting';
  let written = {rows: 0, bytes: 0};
  let rowsAtState = 0;
  let startedAt: number | undefined;
  let endedAt: number | undefined;
  let file: string | undefined;
  let waitsUntil: number | undefined;

  const setStatus = (next: StreamStatus): void => {
    status = next;
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
    heard: (word, until) => {
      const next = STATUSES[word];
      if (next === undefined) return;
      waitsUntil = until;
      setStatus(next);
    },
    takeCount: () => {
      const count = written.rows - rowsAtState;
      rowsAtState = written.rows;
      return count;
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
