// Finds the tokens in a state. A token that cannot be of this stream is not used: nobody knows the records that it stands for.
import {isDeepStrictEqual} from 'node:util';
import type {Stream} from '../../author/stream-types.ts';
import {provesDeletes} from '../../author/token-cursor.ts';
import {isEmptyBlob, type StateBlob} from '../../protocol/state.ts';
import {unpackSweep} from '../deletes/packed-ids.ts';
import {isPresent, type Position, type StreamState, type SweepState} from './stream-state.ts';
import {hasSlices} from './without-slices.ts';

export type TokenStart = {
  /** Undefined: the stream is read from its beginning. */
  readonly position: Position | undefined;
  readonly warning?: string;
};

/** @param areKnown the ids of the records so far are known, and compared with those of a list from the beginning */
export const deletesAfter = (areKnown: boolean): string =>
  areKnown
    ? 'Known records that it lacks count as deleted.'
    : 'Records that were deleted since the last sync are not detected: a full refresh removes them, and the source can find them with `deletes.sweep`.';

const areUsable = (sweep: SweepState | undefined, primaryKey: readonly string[]): boolean =>
  sweep !== undefined &&
  ('off' in sweep || isDeepStrictEqual(sweep.key, primaryKey)) &&
  unpackSweep(sweep) !== undefined;

/** The fault of a position; '' if it has no token, undefined if it can be used. */
const faultOf = (
  {slices}: Stream,
  position: Position | undefined,
  blob: StateBlob,
): string | undefined => {
  if (position === undefined) {
    if (isEmptyBlob(blob)) return '';
    return isPresent(blob['token'])
      ? 'a token that is neither a string nor a number'
      : `no token, only ${Object.keys(blob).join(', ')}: it seems to be another connector's, or from before the stream had tokens`;
  }
  if (slices.kind === 'whole') {
    return hasSlices(position) ? 'tokens of slices, but the stream has no slices now' : undefined;
  }
  if (hasSlices(position)) return undefined;
  const hasToken = position.watermark !== undefined || position.resume !== undefined;
  return hasToken ? 'one token for all of it, but the stream has slices now' : '';
};

/** A list from the beginning shows only which of the known ids are missing. So ids that are not known are read once. */
const needsIds = (stream: Stream, {position, deletes}: StreamState): boolean => {
  const {watermark, resume, slices} = position ?? {};
  const hasTokens = watermark !== undefined || resume !== undefined || (slices?.size ?? 0) > 0;
  return hasTokens && provesDeletes(stream) && !areUsable(deletes?.sweep, stream.primaryKey);
};

export const tokensIn = (stream: Stream, state: StreamState, blob: StateBlob): TokenStart => {
  const {name, primaryKey} = stream;
  const fault = faultOf(stream, state.position, blob);
  const begins = 'is read from its beginning, and all of its records count as new.';
  if (fault === '') return {position: undefined};
  if (fault !== undefined) {
    const areKnown = provesDeletes(stream) && areUsable(state.deletes?.sweep, primaryKey);
    return {
      position: undefined,
      warning: `The state of stream ${name} has ${fault}. It ${begins} ${deletesAfter(areKnown)}`,
    };
  }
  if (needsIds(stream, state)) {
    return {
      position: undefined,
      warning: `Stream ${name} ${begins} This is needed once, because its state does not have the ids of its records, which show what is deleted when a token expires.`,
    };
  }
  return {position: state.position};
};
