// Field selection: leaves out fields that the source declares and the configured schema does not have.
import {withDigitsOf} from '../../json/exact.ts';
import {isObject, type JsonObject} from '../../json/values.ts';
import {keysBelow} from './schema-path.ts';
import type {Shape} from './shape.ts';

type Selection = {
  readonly drop: ReadonlySet<string>;
  /** If set, all other fields are dropped as well. */
  readonly only: ReadonlySet<string> | undefined;
  readonly nested: ReadonlyMap<string, Selection>;
  readonly items: Selection | undefined;
};

/** Undefined if everything stays. */
const selectionOf = (
  declared: Shape,
  selected: Shape,
  keys: readonly string[],
): Selection | undefined => {
  if (keys.includes('')) return undefined;
  const isKey = (name: string): boolean => keysBelow(keys, name).length > 0;
  const {fields} = selected;
  const declaredNames = [...(declared.fields?.keys() ?? [])];
  const drop =
    fields === undefined ? [] : declaredNames.filter((name) => !fields.has(name) && !isKey(name));
  const only =
    fields !== undefined && selected.closed
      ? new Set([...fields.keys(), ...keys.map((key) => key.split('.')[0] ?? key), ...keys])
      : undefined;
  const nested = [...(fields ?? [])].flatMap(([name, shape]) => {
    const below = declared.fields?.get(name);
    const selection = below && selectionOf(below, shape, keysBelow(keys, name));
    return selection === undefined ? [] : [[name, selection] as const];
  });
  const items = declared.items && selected.items && selectionOf(declared.items, selected.items, []);
  if (drop.length === 0 && nested.length === 0 && (only ?? items) === undefined) return undefined;
  return {drop: new Set(drop), only, nested: new Map(nested), items};
};

const selectItems = (list: readonly unknown[], items: Selection): unknown => {
  const kept = list.map((item) => keep(item, items));
  return kept.some((item, index) => item !== list[index]) ? withDigitsOf(list, kept) : list;
};

const selectFields = (record: JsonObject, {drop, only, nested}: Selection): JsonObject => {
  const entries = Object.entries(record);
  const kept = entries.filter(([name]) => !drop.has(name) && (only?.has(name) ?? true));
  let changed = kept.length < entries.length;
  const selected = kept.map(([name, value]): [string, unknown] => {
    const below = nested.get(name);
    const after = below === undefined ? value : keep(value, below);
    changed ||= after !== value;
    return [name, after];
  });
  return changed ? withDigitsOf(record, Object.fromEntries(selected)) : record;
};

/** Returns the same value if nothing is left out of it. */
const keep = (value: unknown, selection: Selection): unknown => {
  if (Array.isArray(value)) {
    return selection.items === undefined ? value : selectItems(value, selection.items);
  }
  return isObject(value) ? selectFields(value, selection) : value;
};

/**
 * Returns a function that leaves unselected fields out of a record; undefined if all are selected. A field is left out if
 * the source declares it and the configured schema does not. A field that neither declares stays, unless the configured
 * schema has `additionalProperties: false`. A configured schema without properties selects everything.
 * @param keys dot paths of fields that always stay
 */
export const compileSelection = (
  declared: Shape,
  selected: Shape,
  keys: readonly string[],
): ((record: JsonObject) => JsonObject) | undefined => {
  const selection = selectionOf(declared, selected, keys);
  return selection && ((record) => selectFields(record, selection));
};
