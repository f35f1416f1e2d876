// The position of a stream that had slices in an earlier version, and has none now.
import type {CursorRules} from '../cursor/rules.ts';
import {lowestOf} from './foreign-state.ts';
import type {Position} from './stream-state.ts';

export const hasSlices = ({slices, compacted, foreign}: Position): boolean =>
  slices !== undefined || compacted !== undefined || foreign !== undefined;

/**
 * The watermark is the highest of all slices: a slice that lags would lose records. So the stream starts at the lowest
 * position, or at its beginning if a slice has none.
 * @param isUnfinished slices that were not begun may be missing from the state
 */
export const withoutSlices = (
  position: Position,
  {compare}: CursorRules,
  isUnfinished: boolean,
): Position => {
  if (!hasSlices(position)) return position;
  const {slices, compacted = [], foreign = [], lookbackSeconds} = position;
  const all = [
    ...[...(slices?.values() ?? []), ...compacted].map(({at}) => at),
    ...foreign.map(({cursor}) => cursor),
  ];
  return {watermark: isUnfinished ? undefined : lowestOf(all, compare), lookbackSeconds};
};
