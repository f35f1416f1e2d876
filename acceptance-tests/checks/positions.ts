// Finds the positions in a stream's state, one for each slice that it lists, and the one that a record belongs to.
import {at} from '../../cdk/json/at.ts';
import {isObject, type JsonObject} from '../../cdk/json/values.ts';
import type {ConfiguredStream, Emitted} from '../protocol/messages.ts';
import {extreme, isCursor} from './cursors.ts';

/** The fields that name a slice, their values as strings. */
type Slice = Readonly<Record<string, string>>;

export interface Position {
  /** Undefined: the state does not name the slice, or the stream has none. */
  readonly slice: Slice | undefined;
  readonly at: unknown;
}

/** Parts of a state that are not positions of the stream itself: those of its parent, for example. */
const OTHERS = new Set(['parent', 'parent_state', 'parent_states', 'deletes', 'resume']);

/** A slice in a state of this kit: `number=7&repository=octocat/hello-world`. */
const sliceOfKey = (key: string): Slice | undefined => {
  if (!key.includes('=')) return undefined;
  const decode = (text: string): string => text.replace(/%(25|26|3D)/g, decodeURIComponent);
  return Object.fromEntries(
    key.split('&').map((part) => {
      const [name = '', value = ''] = part.split('=');
      return [decode(name), decode(value)];
    }),
  );
};

const isScalar = (value: unknown): boolean =>
  ['string', 'number', 'boolean'].includes(typeof value);

/** A partition of Airbyte's Python CDK. What it nests, such as `parent_slice`, is about other streams. */
const sliceOfPartition = (partition: JsonObject): Slice | undefined => {
  const fields = Object.entries(partition).filter(([, value]) => isScalar(value));
  return fields.length === 0
    ? undefined
    : Object.fromEntries(fields.map(([name, value]) => [name, String(value)]));
};

const walk = (
  value: unknown,
  names: ReadonlySet<string>,
  slice: Slice | undefined,
): readonly Position[] => {
  if (Array.isArray(value)) return value.flatMap((inner) => walk(inner, names, slice));
  if (!isObject(value)) return [];
  const {partition} = value;
  const own = isObject(partition) ? sliceOfPartition(partition) : slice;
  return Object.entries(value).flatMap(([key, inner]) => {
    if (names.has(key) && isCursor(inner)) return [{slice: own, at: inner}];
    if (OTHERS.has(key)) return [];
    if (key === 'slices' && isObject(inner)) {
      return Object.entries(inner).flatMap(([id, entry]) => walk(entry, names, sliceOfKey(id)));
    }
    return walk(inner, names, own);
  });
};

/**
 * The positions in a stream's state: its own, or one for each slice. Empty if none is found.
 * @param path where the state has the cursor, if it is not under the field's own name
 */
export const positionsIn = (
  blob: JsonObject,
  {cursor}: ConfiguredStream,
  path: readonly string[] | undefined,
): readonly Position[] => {
  const names = new Set([cursor.join('.'), cursor.at(-1) ?? '']);
  const direct = at(blob, ...(path ?? cursor));
  const first = isCursor(direct) ? direct : [...names].map((name) => blob[name]).find(isCursor);
  const whole = isCursor(first) ? [{slice: undefined, at: first}] : [];
  if (path !== undefined && isCursor(direct)) return whole;
  const rest = Object.entries(blob).filter(
    ([key]) => !names.has(key) && !(isCursor(direct) && key === cursor[0]),
  );
  const nested = walk(Object.fromEntries(rest), names, undefined);
  // Beside the positions of slices, the stream's own is only their highest.
  return nested.length > 0 ? nested : whole;
};

const namesOf = (slice: Slice): string => Object.keys(slice).sort().join('&');

/** A slice by its values, to look it up. */
const keyOf = (names: readonly string[], values: JsonObject): string | undefined =>
  names.every((name) => isScalar(values[name]))
    ? JSON.stringify(names.map((name) => String(values[name])))
    : undefined;

/** True if a slice's fields are the whole primary key: then they name a record, and only look like those of a slice. */
const isKey = (names: readonly string[], {primaryKey}: ConfiguredStream): boolean =>
  primaryKey.length > 0 && primaryKey.every(([name = '']) => names.includes(name));

/** The fields that distinguish a stream's slices; undefined if its state does not name them all in one way. */
const namesIn = (positions: readonly Position[]): readonly string[] | undefined => {
  const slices = positions.flatMap(({slice}) => (slice === undefined ? [] : [slice]));
  const [first] = slices;
  return first !== undefined && slices.every((slice) => namesOf(slice) === namesOf(first))
    ? Object.keys(first).sort()
    : undefined;
};

/**
 * True if a stream's records show which slice they are of: each has all fields of one that the state lists. Otherwise a
 * field of the same name may mean something else.
 */
export const showSlices = (
  stream: ConfiguredStream,
  records: readonly Emitted[],
  positions: readonly Position[],
): boolean => {
  const names = namesIn(positions);
  if (names === undefined || isKey(names, stream)) return false;
  const keys = new Set(positions.flatMap(({slice}) => (slice ? keyOf(names, slice) : [])));
  const hasUnnamed = positions.some(({slice}) => slice === undefined);
  return records.every(({data}) => {
    const key = keyOf(names, data);
    return key !== undefined && (hasUnnamed || keys.has(key));
  });
};

export interface Judge {
  /** The lowest position that a record may be judged by; undefined: its slice has none. */
  readonly lowest: (record: Emitted) => unknown;
  /** The highest one. */
  readonly highest: (record: Emitted) => unknown;
}

/** Judges each record by the position of its own slice or, if records do not show it, by those of all slices. */
export const judgeBy = (positions: readonly Position[], areShown: boolean): Judge => {
  const names = areShown ? namesIn(positions) : undefined;
  const bySlice = new Map<string | undefined, unknown[]>();
  for (const {slice, at: position} of positions) {
    const key = names && slice ? keyOf(names, slice) : undefined;
    const known = bySlice.get(key);
    if (known === undefined) bySlice.set(key, [position]);
    else known.push(position);
  }
  const candidates = ({data}: Emitted): readonly unknown[] =>
    (names && bySlice.get(keyOf(names, data))) ?? bySlice.get(undefined) ?? [];
  return {
    lowest: (record) => extreme(candidates(record), 'first'),
    highest: (record) => extreme(candidates(record), 'last'),
  };
};
