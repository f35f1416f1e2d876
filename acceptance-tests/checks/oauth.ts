// Checks that a spec's advanced_auth names properties that exist.

import {at, listAt, objectAt} from '../../cdk/json/at.ts';
import {isObject, type JsonObject} from '../../cdk/json/values.ts';
import type {Fault} from '../check-kit/check.ts';
import {checksOf} from '../check-kit/define-check.ts';
import {shown} from '../protocol/messages.ts';

const define = checksOf('spec', (suites) => suites.spec);

const namesOf = (value: unknown): readonly string[] => listAt(value).map(String);

/** True if a path of property names exists in a schema, through any option of a oneOf or anyOf. */
const exists = (schema: JsonObject, [name, ...rest]: readonly string[]): boolean => {
  if (name === undefined) return true;
  const inner = objectAt(schema['properties'])[name];
  if (isObject(inner)) return exists(inner, rest);
  return [...listAt(schema['oneOf']), ...listAt(schema['anyOf'])].some((option) =>
    exists(objectAt(option), [name, ...rest]),
  );
};

/** Each `path_in_connector_config` of the flow's schemas. */
const pathsIn = (value: unknown): readonly (readonly string[])[] => {
  if (Array.isArray(value)) return value.flatMap(pathsIn);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'path_in_connector_config' ? [namesOf(inner)] : pathsIn(inner),
  );
};

const SKIPPED = {skipped: 'the spec has no advanced_auth'};

export const oauthParameters = define(
  'test_oauth_flow_parameters',
  'advanced_auth names properties of the spec',
  async (entry, runs) => {
    const spec = await runs.specification(entry);
    const {advanced_auth: auth} = spec;
    if (!isObject(auth)) return SKIPPED;
    const predicate = auth['predicate_key'] === undefined ? [] : [namesOf(auth['predicate_key'])];
    const paths = [...predicate, ...pathsIn(auth['oauth_config_specification'])];
    const schema = objectAt(spec['connectionSpecification']);
    return paths
      .filter((path) => !exists(schema, path))
      .map((path) => ({
        reason: `advanced_auth names ${path.join('.')}, which the spec does not have`,
        offending: shown(auth),
        advice: 'Correct the path, or add the property to connectionSpecification.',
      }));
  },
);

export const oauthDefault = define(
  'test_oauth_is_default_method',
  'the first option of the spec is OAuth, if OAuth is one of the options',
  async (entry, runs): Promise<readonly Fault[] | {readonly skipped: string}> => {
    const spec = await runs.specification(entry);
    const {advanced_auth: auth} = spec;
    if (!isObject(auth)) return SKIPPED;
    if (!entry.oauthIsDefault)
      return {skipped: entry.oauthBypass ?? 'the config has auth_default_method.oauth: false'};
    const path = namesOf(auth['predicate_key']);
    const name = path.at(-1);
    const parent = at(
      spec['connectionSpecification'],
      ...path.slice(0, -1).flatMap((part) => ['properties', part]),
    );
    const [first] = listAt(objectAt(parent)['oneOf']);
    if (name === undefined || first === undefined) {
      return {skipped: 'its advanced_auth is not one of several methods'};
    }
    const method = at(first, 'properties', name, 'const');
    if (method === undefined) {
      return {skipped: 'its first option has no const: see test_oneof_usage'};
    }
    return method === auth['predicate_value']
      ? []
      : [
          {
            reason: `the first option of ${path.slice(0, -1).join('.')} is ${shown(method)}, but OAuth is ${shown(auth['predicate_value'])}`,
            advice:
              'Put OAuth first, or explain in the config why not: auth_default_method {oauth: false, bypass_reason}.',
          },
        ];
  },
);
