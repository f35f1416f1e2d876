// The cursor in STATE: never back, never ahead of the records it speaks for.
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

/** How far the clocks of an API and of this machine may be apart. */
const DAY = 86_400_000;

interface Place {
  readonly stream: Configured['stream'];
  readonly path: readonly string[];
  /** The cursor of the last STATE, at first of the state file. */
  stated: unknown;
  /** The highest cursor of a record, at first that of the state file. */
  highest: unknown;
  /** The highest cursor of a record when the last STATE was emitted, and its line. */
  highestThen: unknown;
  line: number | undefined;
  records: number;
}

const placesOf = ({catalog, state}: About): ReadonlyMap<string, Place> => {
  const given = new Map(statesOfFile(state).map(([stream, value]) => [stream.key, value]));
  const places = new Map<string, Place>();
  for (const [key, {stream, cursor: path}] of configuredStreams(catalog)) {
    if (path === undefined) continue;
    const stated = cursorIn(given.get(key), path);
    places.set(key, {
      ...{stream, path, stated, highest: stated},
      ...{highestThen: stated, line: undefined, records: 0},
    });
  }
  return places;
};

const observeRecord = (place: Place, {payload}: Message): unknown => {
  const cursor = cursorIn(payload['data'], place.path);
  place.highest = later(place.highest, cursor);
  place.records += 1;
  return cursor;
};

const observeState = (place: Place, cursor: unknown, line: number): void => {
  place.stated = cursor;
  place.highestThen = place.highest;
  place.line = line;
};

/** The cursors of a STATE, with their streams' places. */
const statedCursors = (places: ReadonlyMap<string, Place>, {payload}: Message) =>
  streamStates(payload).flatMap(([{key}, state]) => {
    const place = places.get(key);
    const cursor = place === undefined ? undefined : cursorIn(state, place.path);
    return place === undefined || cursor === undefined ? [] : [{place, cursor}];
  });

export const watermarkNeverBack: Invariant = {
  name: 'watermark-never-back',
  about:
    "The cursor in a stream's STATE never moves back, within a run or below the state it was given.",
  watch: (about, tell) => {
    const places = placesOf(about);
    return {
      message: (message) => {
        if (message.type !== 'STATE') return;
        for (const {place, cursor} of statedCursors(places, message)) {
          if (isAfter(place.stated, cursor)) {
            const from = place.line === undefined ? 'the state it was given' : 'its last STATE';
            tell({
              of: place.stream.key,
              reason: `The cursor of ${nameOf(place.stream)} went back to ${String(cursor)}; ${from} had ${String(place.stated)}.`,
              advice:
                'Keep the highest cursor of all records and of the state that was given, also where no record or only older ones came.',
            });
          }
          observeState(place, cursor, message.line);
        }
      },
    };
  },
};

const AHEAD =
  'Emit STATE behind the records it covers, and move its cursor only over what has been written: after a crash, reading goes on from there, and what is below is lost.';

export const stateNeverAhead: Invariant = {
  name: 'state-never-ahead',
  about: 'The cursor in a STATE is not beyond the records that were written before it.',
  watch: (about, tell) => {
    const places = placesOf(about);
    const checkRecord = (message: Message, place: Place): void => {
      const {stated, highestThen, line} = place;
      const cursor = observeRecord(place, message);
      if (line === undefined || stated === undefined || isAfter(cursor, stated)) return;
      // Not beyond what came before that STATE: read again, as with a lookback.
      if (cursor === undefined || (highestThen !== undefined && !isAfter(cursor, highestThen)))
        return;
      tell({
        // Equal to it: reading goes on from there, and finds the record again where it asks for >=.
        severity: isAfter(stated, cursor) ? 'error' : 'warning',
        reason: `A record of ${nameOf(place.stream)} with cursor ${String(cursor)} came after the STATE of line ${line}, which says that all up to ${String(stated)} had been written.`,
        advice: AHEAD,
      });
    };
    const checkPlace = ({stream, stated, highest, records, line}: Place): void => {
      if (line === undefined || records === 0 || !isAfter(stated, highest)) return;
      const time = typeof stated === 'string' ? Date.parse(stated) : Number.NaN;
      const future = time > Date.now() + DAY;
      tell({
        of: stream.key,
        line,
        severity: future ? 'error' : 'warning',
        reason: `The last STATE of ${nameOf(stream)} says ${String(stated)}${future ? ', which is yet to come' : ''}, but its latest record has ${String(highest)}.`,
        advice: future
          ? AHEAD
          : `That is right only where the API was asked for everything up to there. ${AHEAD}`,
      });
    };
    return {
      message: (message) => {
        if (message.type === 'STATE') {
          for (const {place, cursor} of statedCursors(places, message)) {
            observeState(place, cursor, message.line);
          }
        }
        if (message.type !== 'RECORD' || message.stream === undefined) return;
        const place = places.get(message.stream.key);
        if (place !== undefined) checkRecord(message, place);
      },
      end: () => {
        for (const place of places.values()) checkPlace(place);
      },
    };
  },
};
