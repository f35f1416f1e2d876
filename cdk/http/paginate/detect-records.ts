import {SystemError} from '../../errors.ts';
import {excerpt} from '../../json/trim.ts';
import {fieldOf, isObject, type JsonObject} from '../../json/values.ts';
import {describeRequest, type HttpRequest} from '../types.ts';
import {ASIDE, ENVELOPES, LISTS, WRAPPERS} from './auto-names.ts';

/** A list that could be the records, and its path. */
type Candidate = {readonly path: string; readonly list: readonly unknown[]};

const isList = (value: unknown): value is readonly unknown[] =>
  Array.isArray(value) && value.every(isObject);

const listsIn = (json: JsonObject, prefix = ''): readonly Candidate[] =>
  Object.entries(json).flatMap(([key, value]) =>
    isList(value) && !ASIDE.includes(key) ? [{path: `${prefix}${key}`, list: value}] : [],
  );

const knownIn = (json: JsonObject): readonly unknown[] | undefined =>
  LISTS.map((name) => fieldOf(json, name)).find(isList);

type Below = readonly [string, JsonObject];

const objectsIn = (json: JsonObject): {wrappers: readonly Below[]; others: readonly Below[]} => {
  const objects = Object.entries(json).flatMap(([key, value]) =>
    isObject(value) && !ENVELOPES.includes(key) ? [[key, value] as const] : [],
  );
  const isWrapper = ([key]: Below): boolean => WRAPPERS.includes(key);
  return {wrappers: objects.filter(isWrapper), others: objects.filter((one) => !isWrapper(one))};
};

/** The only candidate, or any one if all are empty. */
const onlyOf = (
  request: HttpRequest,
  candidates: readonly Candidate[],
): readonly unknown[] | undefined => {
  const [first, ...others] = candidates;
  if (others.length === 0 || candidates.every(({list}) => list.length === 0)) return first?.list;
  const paths = excerpt(candidates.map(({path}) => path).join(', '));
  throw new SystemError(
    `${describeRequest(request)}: the body has several lists that could be the records: ${paths}. Set \`records\` to one of them.`,
  );
};

/** Finds a list with a usual name, or the only list at the top or one level below; else the body, which must be a list. */
export const detectRecords = (request: HttpRequest, json: unknown): unknown => {
  if (!isObject(json)) return json;
  const known = knownIn(json);
  if (known !== undefined) return known;
  const {wrappers, others} = objectsIn(json);
  for (const [, wrapper] of wrappers) {
    const wrapped = knownIn(wrapper);
    if (wrapped !== undefined) return wrapped;
  }
  const below = (objects: readonly Below[]) =>
    objects.flatMap(([key, value]) => listsIn(value, `${key}.`));
  return (
    onlyOf(request, [...listsIn(json), ...below(wrappers)]) ??
    onlyOf(request, below(others)) ??
    json
  );
};
