// Finds the tokens in a state. A token that cannot be of this stream is not used: what it stands for is unknown.
import type {Stream} from '../../author/stream-types.ts';
import {isEmptyBlob, type StateBlob} from '../../protocol/state.ts';
import {isPresent, type Position, type StreamState} from './stream-state.ts';
import {hasSlices} from './without-slices.ts';

export type TokenStart = {
  /** Undefined: the stream is read from its beginning. */
  readonly position: Position | undefined;
  readonly warning?: string;
};

const FROM_BEGINNING =
  'It is read from its beginning, and all of its records count as new. Records that were deleted since the last sync are not detected: a full refresh removes them.';

export const tokensIn = (
  {name, slices}: Pick<Stream, 'name' | 'slices'>,
  {position}: StreamState,
  blob: StateBlob,
): TokenStart => {
  if (position === undefined) {
    if (isEmptyBlob(blob)) return {position};
    const fault = isPresent(blob['token'])
      ? 'a token that is neither a string nor a number'
      : `no token, only ${Object.keys(blob).join(', ')}: it seems to be another connector's, or from before the stream had tokens`;
    return {position, warning: `The state of stream ${name} has ${fault}. ${FROM_BEGINNING}`};
  }
  if (slices.kind === 'whole' && hasSlices(position)) {
    return {
      position: undefined,
      warning: `The state of stream ${name} has tokens of slices, but the stream has no slices now. ${FROM_BEGINNING}`,
    };
  }
  if (slices.kind !== 'whole' && !hasSlices(position)) {
    const hasToken = position.watermark !== undefined || position.resume !== undefined;
    return {
      position: undefined,
      ...(hasToken && {
        warning: `The state of stream ${name} has one token for all of it, but the stream has slices now. ${FROM_BEGINNING}`,
      }),
    };
  }
  return {position};
};
