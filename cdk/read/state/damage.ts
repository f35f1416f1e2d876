// Finds the keys of a state that cannot be parsed, so that a run reports what it reads again because of them.
import {isObject, type JsonObject} from '../../json/values.ts';
import type {StateBlob} from '../../protocol/state.ts';
import {cursorIn, isStrings, timeIn} from './fields.ts';
import {unpackSliceNumbers} from './slice-keys.ts';
import {isInSlices, isPresent, resumeIn} from './stream-state.ts';

const isDamagedResume = (value: unknown): boolean =>
  isPresent(value) && resumeIn(value) === undefined;

/** An entry without a cursor value has no records yet, unless it has keys that are not ours: then the cursor is lost. */
const hasPosition = (entry: unknown, field: string, other: string): entry is JsonObject =>
  isObject(entry) &&
  (cursorIn(entry, field) !== undefined ||
    Object.keys(entry).every((key) => [other, 'of'].includes(key) || !isPresent(entry[key])));

const isCompacted = (entry: unknown, field: string): boolean =>
  hasPosition(entry, field, 'keys') && unpackSliceNumbers(entry['keys']) !== undefined;

const ofPosition = (blob: StateBlob, field: string): readonly string[] => {
  const {slices, folded, resume, done} = blob;
  if (!isInSlices(blob)) {
    // A `resume` beside `done` is from when the stream had no cursor.
    return done === undefined && isDamagedResume(resume) ? ['resume'] : [];
  }
  const entries = Object.entries(isObject(slices) ? slices : {}).flatMap(([key, entry]) => {
    const name = `slices[${JSON.stringify(key)}]`;
    if (!hasPosition(entry, field, 'resume')) return [name];
    return isDamagedResume(entry['resume']) ? [`${name}.resume`] : [];
  });
  const isFolded = Array.isArray(folded) && folded.every((entry) => isCompacted(entry, field));
  return [
    ...(isObject(slices) ? entries : ['slices']),
    ...(isPresent(folded) && !isFolded ? ['folded'] : []),
  ];
};

const ofPass = (blob: StateBlob): readonly string[] => {
  const {done, resume} = blob;
  if (!isPresent(done)) return [];
  const isDone = isStrings(done) || unpackSliceNumbers(done) !== undefined;
  const resumes = isObject(resume) ? Object.entries(resume) : [];
  return [
    ...(isDone ? [] : ['done']),
    ...(timeIn(blob, 'started') === undefined ? ['started'] : []),
    ...(isPresent(resume) && !isObject(resume) ? ['resume'] : []),
    ...resumes.flatMap(([key, value]) =>
      isDamagedResume(value) ? [`resume[${JSON.stringify(key)}]`] : [],
    ),
  ];
};

/** @param cursorField undefined for a stream without a cursor */
export const damagedKeys = (
  blob: StateBlob,
  cursorField: string | undefined,
): readonly string[] => [
  ...(cursorField === undefined ? ofPass(blob) : ofPosition(blob, cursorField)),
  ...['full_sync_at', 'full_sync_started'].filter(
    (key) => isPresent(blob[key]) && timeIn(blob, key) === undefined,
  ),
  ...(isPresent(blob['parent']) && !isObject(blob['parent']) ? ['parent'] : []),
];
