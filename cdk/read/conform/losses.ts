// Counts the values that could not be kept, for a summary at the stream's end.
import type {Loss} from './types.ts';

export type LossCount = {
  readonly add: (losses: readonly Loss[]) => void;
  /** Counts a record whose keys alone are over the limit. */
  readonly addOversize: () => void;
  /** One warning for each field, without any values. */
  readonly summary: () => readonly string[];
};

const typeWarning = ({declared, found, kept, field}: Loss, count: number): string => {
  const one = count === 1;
  const became = kept
    ? 'left unchanged, because the field is part of the primary key or the cursor'
    : 'set to null';
  return `${one ? '1 value' : `${count} values`} of "${field}" could not be converted to the declared type (${declared}) and ${one ? 'was' : 'were'} ${became}; ${one ? 'it' : 'the first'} was ${found}.`;
};

const sizeWarning = ({field, found}: Loss, count: number): string => {
  const one = count === 1;
  return `${one ? '1 value' : `${count} values`} of "${field}" ${one ? 'was' : 'were'} set to null, because the record was too large for one message; ${one ? 'it' : 'the first'} was ${found}.`;
};

const oversizeWarning = (count: number): string =>
  count === 1
    ? '1 record is too large for one message because of its primary key and cursor alone, and was emitted at full size.'
    : `${count} records are too large for one message because of their primary key and cursor alone, and were emitted at full size.`;

export const countLosses = (): LossCount => {
  const counts = new Map<string, {readonly first: Loss; count: number}>();
  let oversize = 0;
  return {
    add: (losses) => {
      for (const loss of losses) {
        const key = `${loss.reason} ${loss.field}`;
        const entry = counts.get(key);
        if (entry === undefined) counts.set(key, {first: loss, count: 1});
        else entry.count += 1;
      }
    },
    addOversize: () => {
      oversize += 1;
    },
    summary: () => [
      ...[...counts.values()].map(({first, count}) =>
        first.reason === 'type' ? typeWarning(first, count) : sizeWarning(first, count),
      ),
      ...(oversize === 0 ? [] : [oversizeWarning(oversize)]),
    ],
  };
};
