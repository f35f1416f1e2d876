// How often a value could not be kept, told at the stream's end.
import type {Loss} from './types.ts';

export type LossCount = {
  readonly add: (losses: readonly Loss[]) => void;
  /** A record whose keys alone are over the limit. */
  readonly addOversize: () => void;
  /** One text for each field, never with a value in it. */
  readonly summary: () => readonly string[];
};

const typeText = ({declared, found, kept, field}: Loss, count: number): string => {
  const one = count === 1;
  const became = kept
    ? `left as ${one ? 'it' : 'they'} came, because the field is part of the primary key or the cursor`
    : 'set to null';
  return `${one ? '1 value' : `${count} values`} of "${field}" (${declared}) could not be kept as ${one ? 'its' : 'their'} type and ${one ? 'was' : 'were'} ${became}; ${one ? 'it' : 'the first'} was ${found}.`;
};

const sizeText = ({field, found}: Loss, count: number): string => {
  const one = count === 1;
  return `${one ? '1 value' : `${count} values`} of "${field}" ${one ? 'was' : 'were'} set to null, because the record was too large for one message; ${one ? 'it' : 'the first'} was ${found}.`;
};

const oversizeText = (count: number): string =>
  count === 1
    ? '1 record is too large for one message by its primary key and cursor alone, and went out as large as it is.'
    : `${count} records are too large for one message by their primary key and cursor alone, and went out as large as they are.`;

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
        first.reason === 'type' ? typeText(first, count) : sizeText(first, count),
      ),
      ...(oversize === 0 ? [] : [oversizeText(oversize)]),
    ],
  };
};
