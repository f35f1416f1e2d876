// Sets the parameter for the next page in the query, the JSON or the form of a request.
import {isObject, type JsonObject, valueAt} from '../../json/values.ts';
import type {Query} from '../query.ts';
import type {HttpRequest} from '../types.ts';
import type {Step} from './paginator.ts';

/** The name of a query parameter, a dot path in the JSON of the request, or a field of its form. */
export type Target = string | {readonly json: string} | {readonly form: string};

const setIn = (json: JsonObject, path: readonly string[], value: unknown): JsonObject => {
  const [key, ...rest] = path;
  if (key === undefined) return json;
  const below = json[key];
  return {
    ...json,
    [key]: rest.length === 0 ? value : setIn(isObject(below) ? below : {}, rest, value),
  };
};

export const jsonStep = (request: HttpRequest, path: string, value: unknown): Step => ({
  json: setIn(request.json ?? {}, path.split('.'), value),
});

/** JSON takes any value; the other targets take strings, numbers and booleans. */
export const isJsonTarget = (target: Target): target is {readonly json: string} =>
  typeof target !== 'string' && 'json' in target;

export const targetStep = (request: HttpRequest, target: Target, value: string | number): Step => {
  if (isJsonTarget(target)) return jsonStep(request, target.json, value);
  return typeof target === 'string' ? {query: {[target]: value}} : {form: {[target.form]: value}};
};

export const valueAtTarget = (request: HttpRequest, target: Target): unknown => {
  if (isJsonTarget(target)) return valueAt(request.json, target.json);
  return typeof target === 'string'
    ? request.url.searchParams.get(target)
    : request.form?.[target.form];
};

/** The part of the request for the parameters of a paginator. */
export type Part = 'query' | 'json' | 'form';

export const partStep = (part: Part, values: Query): Step => ({[part]: values});

export const numberIn = (request: HttpRequest, part: Part, name: string): number | undefined => {
  const value = part === 'query' ? request.url.searchParams.get(name) : request[part]?.[name];
  return value === undefined || value === null ? undefined : Number(value);
};
