// Which parts a stream is read in: a list, the records of another stream, or each of the one with each of the other.
import type {SliceOrigin, Stream} from './stream-value.ts';
import type {Awaitable, describes, Slice, StreamContext} from './types.ts';

/** Slices that are listed: an array, a promise of one, or an async iterable. */
export type SliceList<S extends Slice> = (
  context: StreamContext,
) => Awaitable<Iterable<S>> | AsyncIterable<S>;

/** Slices that are made by `parent` or `cross`. */
export type Slices<S extends Slice> = {
  readonly origin: SliceOrigin;
  readonly [describes]?: S;
};

async function* iterate<S extends Slice>(
  list: SliceList<S>,
  context: StreamContext,
): AsyncGenerator<S> {
  yield* await list(context);
}

export const sliceOriginOf = <S extends Slice>(
  slices: SliceList<S> | Slices<S> | undefined,
): SliceOrigin => {
  if (slices === undefined) return {kind: 'whole'};
  return typeof slices === 'function'
    ? {kind: 'list', list: (context) => iterate(slices, context)}
    : slices.origin;
};

/**
 * A slice for each record of another stream, such as the comments of each issue. The parent is read once, however many
 * streams need it, and whether the user wants its own records or not.
 * @param toSlice the slice of a record, or several, or none
 * @param incremental only of parents that changed since the last sync; for APIs where a new child changes its parent.
 *   By default all parents are listed in each sync
 */
export const parent = <P extends object, S extends Slice>(
  parentStream: Stream<P>,
  toSlice: (record: P) => S | readonly S[],
  {incremental = false}: {readonly incremental?: boolean} = {},
): Slices<S> => ({
  origin: {
    kind: 'parent',
    parent: parentStream,
    // The records of a stream are of its type, which `Stream` itself has closed over.
    slicesOf: async (record) => [toSlice(record as P)].flat() as readonly S[],
    incremental,
  },
});

/** Each slice of the one with each of the other: `cross(parent(sites, …), () => [{kind: 'clicks'}, {kind: 'views'}])`. */
export const cross = <A extends Slice, B extends Slice>(
  one: SliceList<A> | Slices<A>,
  other: SliceList<B>,
): Slices<A & B> => {
  const origin = sliceOriginOf(one);
  let listed: Promise<readonly B[]> | undefined;
  const others = (context: StreamContext): Promise<readonly B[]> => {
    listed ??= Array.fromAsync(iterate(other, context));
    return listed;
  };
  const alongside = async (slice: Slice, context: StreamContext): Promise<readonly Slice[]> =>
    (await others(context)).map((more) => ({...slice, ...more}));
  if (origin.kind === 'parent') {
    const slicesOf = async (record: object, context: StreamContext) => {
      const slices = await origin.slicesOf(record, context);
      return (await Promise.all(slices.map((slice) => alongside(slice, context)))).flat();
    };
    return {origin: {...origin, slicesOf}};
  }
  return {
    origin: {
      kind: 'list',
      async *list(context) {
        if (origin.kind !== 'list') return;
        for await (const slice of origin.list(context)) yield* await alongside(slice, context);
      },
    },
  };
};
