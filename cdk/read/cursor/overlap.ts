// Which records of the overlap of two runs the first of them has seen. Without this memory each record that is read again
// would pass for one that came late, and a lookback that learns from them would grow to its cap.
// Of many records some are remembered: those whose key is divisible by 2^level. The next run looks at the same ones, so how
// late they come is how late all of them do.

export type Overlap = {
  /** How far behind the position of each slice records are remembered, in milliseconds; further back nobody knows. */
  readonly span: number;
  readonly level: number;
  readonly keys: ReadonlySet<number>;
};

export const NO_OVERLAP: Overlap = {span: 0, level: 0, keys: new Set()};

/** What is kept at most: some kilobytes in the state of a stream. */
const MAX_KEYS = 512;

const isSampled = (key: number, level: number): boolean => key % 2 ** level === 0;

type Sample = Pick<Overlap, 'keys' | 'level'>;

const raised = ({keys, level}: Sample): Sample => ({
  keys: new Set([...keys].filter((key) => isSampled(key, level + 1))),
  level: level + 1,
});

/** As many keys as may be kept: with each level half of them go. */
const thinned = (sample: Sample): Sample =>
  sample.keys.size <= MAX_KEYS ? sample : thinned(raised(sample));

export type OverlapOptions = {
  /** What the run before remembered. */
  readonly before: Overlap;
  /** The lookback of this run, in milliseconds. */
  readonly span: number;
  /** No position moves behind this instant: the run's start less the clock skew, in epoch milliseconds. */
  readonly latest: number;
  /** Told of each record of the sample that is new, but lies behind the position. */
  readonly onLate: (behindMs: number) => void;
};

export type SliceOverlap = {
  /**
   * @param key a whole number made of the record's primary key and its cursor: a record that has changed is another one
   * @param at the record's cursor in epoch milliseconds
   */
  readonly observe: (key: number, at: number) => void;
  /** The slice is over; only what the next run will read again is kept of it. */
  readonly close: () => void;
};

/** Follows the records of one run of a stream. */
export const followOverlap = ({before, span, latest, onLate}: OverlapOptions) => {
  let kept: Sample = {keys: new Set(), level: 0};
  const open = new Set<() => Iterable<number>>();

  const slice = (position: number | undefined): SliceOverlap => {
    const recent = new Map<number, number>();
    let top = position ?? Number.NEGATIVE_INFINITY;
    let limit = MAX_KEYS;

    const isNew = (key: number): boolean =>
      isSampled(key, before.level) && !before.keys.has(key) && !recent.has(key);
    const begin = (): number => Math.min(top, latest) - span;
    const prune = (): void => {
      for (const [key, at] of recent) {
        if (at < begin() || !isSampled(key, kept.level)) recent.delete(key);
      }
    };
    const current = (): Iterable<number> => {
      prune();
      return recent.keys();
    };
    open.add(current);
    return {
      observe: (key, at) => {
        if (position !== undefined && at < position && at >= position - before.span && isNew(key)) {
          onLate(position - at);
        }
        top = Math.max(top, at);
        if (at < begin() || !isSampled(key, kept.level)) return;
        recent.set(key, at);
        if (recent.size <= limit) return;
        prune();
        if (recent.size > MAX_KEYS) {
          kept = raised(kept);
          prune();
        }
        limit = Math.max(MAX_KEYS, 2 * recent.size);
      },
      close: () => {
        open.delete(current);
        kept = thinned({keys: new Set([...kept.keys, ...current()]), level: kept.level});
      },
    };
  };

  return {
    slice,
    /**
     * What the next run has to know. As long as not all slices were read, the others are where they were, so what was
     * remembered of them is, too.
     */
    memory: (isComplete: boolean): Overlap => {
      const now = [...open].flatMap((current) => [...current()]);
      if (isComplete) {
        return {span, ...thinned({keys: new Set([...kept.keys, ...now]), level: kept.level})};
      }
      const level = Math.max(kept.level, before.level);
      const keys = [...kept.keys, ...now, ...before.keys].filter((key) => isSampled(key, level));
      return {span: Math.min(span, before.span), ...thinned({keys: new Set(keys), level})};
    },
  };
};
