// What is known of a source's run: kept up to date while it goes on, looked at by the progress and the summary.
import {streamKey} from '../../cdk/protocol/catalog.ts';
import type {StreamDescriptor} from '../../cdk/protocol/generated/airbyte.ts';
import {openStreamTally, type StreamReport, type StreamTally} from './stream-tally.ts';

/** What went wrong, for the user. */
export type Problem = {
  readonly message: string;
  readonly stream?: string | undefined;
  /** Airbyte's failure type, where the source gave one. */
  readonly failureType?: string | undefined;
};

export type Outcome = 'running' | 'complete' | 'failed' | 'stopped' | 'skipped';

export type SourceReport = {
  readonly name: string;
  readonly outcome: Outcome;
  readonly streams: readonly StreamReport[];
  readonly problems: readonly Problem[];
  /** How many lines on stdout were no Airbyte messages. */
  readonly strayLines: number;
  /** The state file, once there is one. */
  readonly stateFile: string | undefined;
};

export type Tally = {
  /** The books of one stream; those that are asked for first are reported first. */
  readonly stream: (stream: StreamDescriptor) => Omit<StreamTally, 'end' | 'report'>;
  readonly problem: (problem: Problem) => void;
  /** Counts a line that is no message; returns how many there were so far. */
  readonly stray: () => number;
  readonly stateIn: (path: string) => void;
  /** The run of this source is over. */
  readonly end: (outcome: Outcome) => void;
  readonly report: () => SourceReport;
};

/** Opens the books of one source. */
export const openTally = (name: string, now: () => number): Tally => {
  const streams = new Map<string, StreamTally>();
  const problems: Problem[] = [];
  let outcome: Outcome = 'running';
  let strayLines = 0;
  let stateFile: string | undefined;
  let statusesHeard = false;

  const open = (descriptor: StreamDescriptor): StreamTally => {
    const tally = openStreamTally(descriptor, now);
    return {
      ...tally,
      heard: (status, waitsUntil) => {
        statusesHeard = true;
        tally.heard(status, waitsUntil);
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
    problem: (problem) => problems.push(problem),
    stray: () => ++strayLines,
    stateIn: (path) => {
      stateFile = path;
    },
    end: (ended) => {
      // Old sources speak of no status at all; then the exit code speaks for every stream.
      for (const tally of streams.values()) tally.end(ended === 'complete' && !statusesHeard);
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
