// Where a request tells which page it wants: in its query, or in its JSON.
import {isObject, type JsonObject} from '../../json/values.ts';
import type {Query} from '../query.ts';
import type {HttpRequest} from '../types.ts';
import type {Step} from './paginator.ts';

/** The name of a query parameter, or a dot path in the JSON of the request. */
export type Target = string | {readonly json: string};

const setIn = (json: JsonObject, path: readonly string[], value: unknown): JsonObject => {
  const [key, ...rest] = path;
  if (key === undefined) return json;
  const below = json[key];
  return {
    ...json,
    [key]: rest.length === 0 ? value : setIn(isObject(below) ? below : {}, rest, value),
  };
};

/** The step that sets one field in the JSON of a request and leaves those beside it. */
export const jsonStep = (request: HttpRequest, path: string, value: unknown): Step => ({
  json: setIn(request.json ?? {}, path.split('.'), value),
});

/** Where the fields of a paginator with several of them go. */
export type Part = 'query' | 'json';

export const partStep = (part: Part, values: Query): Step =>
  part === 'json' ? {json: values} : {query: values};

/** The number that a request asked with. */
export const numberIn = (request: HttpRequest, part: Part, name: string): number | undefined => {
  const value = part === 'json' ? request.json?.[name] : request.url.searchParams.get(name);
  return value === undefined || value === null ? undefined : Number(value);
};
