// The cursor in a STATE must never move back, nor beyond the records that the STATE covers.
import {
  type Configured,
  configuredStreams,
  cursorIn,
  statesOfFile,
  streamStates,
} from './catalog.ts';
import {isAfter, later} from './cursors.ts';
import type {About, Invariant, Message} from './invariant.ts';
import {nameOf} from './message.ts';

/** The clocks of the API and of this machine may differ by this much. */
const DAY = 86_400_000;

interface Progress {
  readonly stream: Configured['stream'];
  readonly path: readonly string[];
  /** The cursor of the last STATE, initially that of the state file. */
  stated: unknown;
  /** The highest cursor of a record, initially that of the state file. */
  highest: unknown;
  /** The highest cursor of a record when the last STATE was emitted, and its line. */
  highestThen: unknown;
  line: number | undefined;
  records: number;
}

const progressOf = ({catalog, state}: About): ReadonlyMap<string, Progress> => {
  const given = new Map(statesOfFile(state).map(([stream, value]) => [stream.key, value]));
  const byStream = new Map<string, Progress>();
  for (const [key, {stream, cursor: path}] of configuredStreams(catalog)) {
    if (path === undefined) continue;
    const stated = cursorIn(given.get(key), path);
    byStream.set(key, {
      ...{stream, path, stated, highest: stated},
      ...{highestThen: stated, line: undefined, records: 0},
    });
  }
  return byStream;
};

const observeRecord = (progress: Progress, {payload}: Message): unknown => {
  const cursor = cursorIn(payload['data'], progress.path);
  progress.highest = later(progress.highest, cursor);
  progress.records += 1;
  return cursor;
};

const observeState = (progress: Progress, cursor: unknown, line: number): void => {
  progress.stated = cursor;
  progress.highestThen = progress.highest;
  progress.line = line;
};

/** The cursors of a STATE, with the progress of their streams. */
const statedCursors = (byStream: ReadonlyMap<string, Progress>, {payload}: Message) =>
  streamStates(payload).flatMap(([{key}, state]) => {
    const progress = byStream.get(key);
    const cursor = progress === undefined ? undefined : cursorIn(state, progress.path);
    return progress === undefined || cursor === undefined ? [] : [{progress, cursor}];
  });

/** Epoch milliseconds of a time in ISO 8601, or of an epoch in seconds, milliseconds or microseconds; NaN for others. */
const timeOf = (cursor: unknown): number => {
  if (typeof cursor === 'string') return Date.parse(cursor);
  if (typeof cursor !== 'number') return Number.NaN;
  return (
    [1_000, 1, 0.001].map((unit) => cursor * unit).find((ms) => ms > 1e12 && ms < 1e14) ??
    Number.NaN
  );
};

/** An input state from the future may move back to the present: nothing would be read until then. */
const isBackToPresent = ({stated, line}: Progress, cursor: unknown): boolean => {
  const now = Date.now();
  return line === undefined && timeOf(stated) > now && timeOf(cursor) > now - 2 * DAY;
};

export const watermarkNeverBack: Invariant = {
  name: 'watermark-never-back',
  about:
    "The cursor in a stream's STATE never moves back within a run, nor below the input state, except from the future to now.",
  watch: (about, report) => {
    const byStream = progressOf(about);
    return {
      message: (message) => {
        if (message.type !== 'STATE') return;
        for (const {progress, cursor} of statedCursors(byStream, message)) {
          if (isAfter(progress.stated, cursor) && !isBackToPresent(progress, cursor)) {
            const from = progress.line === undefined ? 'the input state' : 'its last STATE';
            report({
              subject: progress.stream.key,
              reason: `The cursor of ${nameOf(progress.stream)} went back to ${String(cursor)}; ${from} had ${String(progress.stated)}.`,
              advice:
                'Keep the highest cursor of all records and of the input state, even if no records or only older ones came.',
            });
          }
          observeState(progress, cursor, message.line);
        }
      },
    };
  },
};

const AHEAD =
  'Emit a STATE after the records that it covers, and move its cursor only over written records: after a crash, the next read resumes from it, and older records are lost.';

export const stateNeverAhead: Invariant = {
  name: 'state-never-ahead',
  about: 'The cursor in a STATE is not beyond the records that were written before it.',
  watch: (about, report) => {
    const byStream = progressOf(about);
    const checkRecord = (message: Message, progress: Progress): void => {
      const {stated, highestThen, line} = progress;
      const cursor = observeRecord(progress, message);
      if (line === undefined || stated === undefined || isAfter(cursor, stated)) return;
      // Not above the records before that STATE: the record was read again, as with a lookback.
      if (cursor === undefined || (highestThen !== undefined && !isAfter(cursor, highestThen)))
        return;
      report({
        // Equal to it: the next read resumes from there, and finds the record again if it requests >=.
        severity: isAfter(stated, cursor) ? 'error' : 'warning',
        reason: `A record of ${nameOf(progress.stream)} with cursor ${String(cursor)} came after the STATE of line ${line}, which covers all records up to ${String(stated)}.`,
        advice: AHEAD,
      });
    };
    const checkEnd = ({stream, stated, highest, records, line}: Progress): void => {
      if (line === undefined || records === 0 || !isAfter(stated, highest)) return;
      const time = typeof stated === 'string' ? Date.parse(stated) : Number.NaN;
      const future = time > Date.now() + DAY;
      report({
        subject: stream.key,
        line,
        severity: future ? 'error' : 'warning',
        reason: `The last STATE of ${nameOf(stream)} has the cursor ${String(stated)}${future ? ', which is in the future' : ''}, but its latest record has ${String(highest)}.`,
        advice: future
          ? AHEAD
          : `That is right only if everything up to there was requested from the API. ${AHEAD}`,
      });
    };
    return {
      message: (message) => {
        if (message.type === 'STATE') {
          for (const {progress, cursor} of statedCursors(byStream, message)) {
            observeState(progress, cursor, message.line);
          }
        }
        if (message.type !== 'RECORD' || message.stream === undefined) return;
        const progress = byStream.get(message.stream.key);
        if (progress !== undefined) checkRecord(message, progress);
      },
      end: () => {
        for (const progress of byStream.values()) checkEnd(progress);
      },
    };
  },
};
