import {SystemError} from '../errors.ts';
import type {SliceOrigin, Stream} from './stream-types.ts';
import type {Awaitable, describes, Slice, StreamContext} from './types.ts';

/** Lists slices: returns an array, a promise of one, or an async iterable. `() => [{region: 'eu'}, {region: 'us'}]` */
export type SliceList<S extends Slice> = (
  context: StreamContext,
) => Awaitable<Iterable<S>> | AsyncIterable<S>;

/** The result of `parent` or `cross`. */
export type Slices<S extends Slice> = {
  readonly origin: Exclude<SliceOrigin, {kind: 'whole'}>;
  readonly [describes]?: S;
};

async function* iterate<S extends Slice>(
  list: SliceList<S>,
  context: StreamContext,
): AsyncGenerator<S> {
  yield* await list(context);
}

export const sliceOriginOf = <S extends Slice>(
  slices: SliceList<S> | Slices<S>,
): Slices<S>['origin'] =>
  typeof slices === 'function'
    ? {kind: 'list', list: (context) => iterate(slices, context)}
    : slices.origin;

/**
 * Makes a slice of each record of another stream, to read the comments of each issue, for example. The parent is read once,
 * even if several streams need it, and also if the user did not select it.
 * @param toSlice returns the slice of a record, or an array of several or none
 * @param incremental reads only parents that changed since the last sync, for APIs where a new child changes its parent.
 *   Default false: each sync lists all parents
 * @example slices: parent(issues, ({number}) => ({issue: number}))
 * @throws SystemError if the parent's cursor is a token
 */
export const parent = <P extends object, S extends Slice>(
  parentStream: Stream<P>,
  toSlice: (record: P) => S | readonly S[],
  {incremental = false}: {readonly incremental?: boolean} = {},
): Slices<S> => {
  if (parentStream.token !== undefined) {
    throw new SystemError(
      `Stream ${parentStream.name} has a token for a cursor, so each sync reads only what changed, and it cannot list the slices of other streams. List them by a function, \`slices: ({http}) => …\`, or by a stream without a cursor.`,
    );
  }
  return {
    origin: {
      kind: 'parent',
      parent: parentStream,
      // `parentStream` emits only records of type P.
      slicesOf: async (record) => [toSlice(record as P)].flat() as readonly S[],
      incremental,
    },
  };
};

/**
 * Combines each slice of one list with each of another, which is called once per command.
 * @example slices: cross(parent(sites, ({id}) => ({site: id})), () => [{kind: 'clicks'}, {kind: 'views'}])
 */
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
        for await (const slice of origin.list(context)) yield* await alongside(slice, context);
      },
    },
  };
};
