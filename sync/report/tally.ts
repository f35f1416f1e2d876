// Follows the run of a source. The progress and the summary read its reports.
import {streamKey} from '../../cdk/protocol/catalog.ts';
import type {StreamDescriptor} from '../../cdk/protocol/generated/airbyte.ts';
import {openStreamTally, type StreamReport, type StreamTally} from './stream-tally.ts';

export type Problem = {
  readonly message: string;
  readonly stream?: string | undefined;
  /** Airbyte's failure type, if the source gave one. */
  readonly failureType?: string | undefined;
};

export type Outcome = 'running' | 'complete' | 'failed' | 'stopped' | 'skipped';

export type SourceReport = {
  readonly name: string;
  readonly outcome: Outcome;
  readonly streams: readonly StreamReport[];
  readonly problems: readonly Problem[];
  /** The number of lines on stdout that are not Airbyte messages. */
  readonly strayLines: number;
  /** The path of the state file, once it exists. */
  readonly stateFile: string | undefined;
};

export type Tally = {
  /** The tally of a stream. Streams are reported in the order of their first call. */
  readonly stream: (stream: StreamDescriptor) => Omit<StreamTally, 'end' | 'report'>;
  /** Returns the number of rows of all streams that landed since their last counts were taken. */
  readonly takeCounts: () => number;
  readonly problem: (problem: Problem) => void;
  /** Counts a line that is not a message; returns the number so far. */
  readonly stray: () => number;
  readonly stateIn: (path: string) => void;
  readonly end: (outcome: Outcome) => void;
  readonly report: () => SourceReport;
};

export const openTally = (name: string, now: () => number): Tally => {
  const streams = new Map<string, StreamTally>();
  const problems: Problem[] = [];
  let outcome: Outcome = 'running';
  let strayLines = 0;
  let stateFile: string | undefined;
  let hasStatuses = false;

  const open = (descriptor: StreamDescriptor): StreamTally => {
    const tally = openStreamTally(descriptor, now);
    return {
      ...tally,
      statusChanged: (status, waitsUntil) => {
        hasStatuses = true;
        tally.statusChanged(status, waitsUntil);
      },
    };
  };
  return {
    stream: (descriptor) => {
      const key = streamKey(descriptor);
      const tally = streams.get(key) ?? open(descriptor);
      streams.set(key, tally);
      return tally;
    },
    takeCounts: () => [...streams.values()].reduce((sum, tally) => sum + tally.takeCount(), 0),
    problem: (problem) => problems.push(problem),
    stray: () => ++strayLines,
    stateIn: (path) => {
      stateFile = path;
    },
    end: (ended) => {
      // Old sources emit no status; then the exit code counts for every stream.
      for (const tally of streams.values()) tally.end(ended === 'complete' && !hasStatuses);
      outcome = ended;
    },
    report: () => ({
      name,
      outcome,
      streams: [...streams.values()].map((tally) => tally.report()),
      problems: [...problems],
      strayLines,
      stateFile,
    }),
  };
};
