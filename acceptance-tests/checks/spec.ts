// The suite `spec`: the spec is valid, and Airbyte can show it as a form.

import {at, listAt, objectAt} from '../../cdk/json/at.ts';
import {canonical} from '../../cdk/json/canonical.ts';
import {isObject, type JsonObject} from '../../cdk/json/values.ts';
import type {Check, Fault} from '../check-kit/check.ts';
import {checksOf} from '../check-kit/define-check.ts';
import {failureOf} from '../check-kit/failure.ts';
import type {EntryLike, Runs} from '../check-kit/shared-runs.ts';
import {readJson} from '../config/read-file.ts';
import {nodesOf, refsIn, schemaProblem, validatorOf} from '../protocol/json-schema.ts';
import {messagesOf, shown} from '../protocol/messages.ts';
import {specCompatibility} from './compatibility.ts';
import {imageEnvironment, imageLabels} from './image.ts';
import {oauthDefault, oauthParameters} from './oauth.ts';
import * as rules from './spec-rules.ts';

const define = checksOf('spec', (suites) => suites.spec);

const schemaOf = async (entry: EntryLike, runs: Runs): Promise<JsonObject> =>
  objectAt((await runs.specification(entry))['connectionSpecification']);

/** Defines a check that applies a rule to each schema in the connectionSpecification. */
const ruleCheck = (name: string, about: string, rule: rules.Rule): Check =>
  define(name, about, async (entry, runs) =>
    nodesOf(await schemaOf(entry, runs)).flatMap((node) => rule(node)),
  );

const warningCheck = (name: string, about: string, rule: rules.Rule): Check =>
  define(name, about, async (entry, runs) => ({
    warnings: nodesOf(await schemaOf(entry, runs)).flatMap((node) => rule(node)),
  }));

const testSpec = define('test_spec', 'spec prints one SPEC and succeeds', async (entry, runs) => {
  const run = await runs.spec(entry);
  const found = messagesOf(run, 'SPEC');
  const failure = failureOf(run);
  if (failure !== undefined) return [failure];
  if (found.length === 1) return [];
  const offending = found[1]?.line.text ?? run.lines[0]?.text;
  return [
    {
      reason: `spec printed ${found.length} SPEC messages instead of one`,
      ...(offending !== undefined && {offending: shown(offending)}),
      advice: 'Print exactly one SPEC message, on one line of stdout.',
    },
  ];
});

const configMatchesSpec = define(
  'test_config_match_spec',
  'the config is valid by the spec, and the spec is a valid JSON Schema',
  async (entry, runs): Promise<readonly Fault[]> => {
    const schema = await schemaOf(entry, runs);
    const problem = schemaProblem(schema);
    if (problem !== undefined) {
      return [
        {
          reason: `connectionSpecification is not a valid JSON Schema: ${problem}`,
          offending: shown(schema),
          advice: 'Correct the schema by draft-07 of JSON Schema.',
        },
      ];
    }
    const given = Object.entries(objectAt(await runs.config(entry)));
    const wrong = validatorOf(schema)(
      Object.fromEntries(given.filter(([name]) => !name.startsWith('_'))),
    );
    return wrong === undefined
      ? []
      : [
          {
            reason: `the config does not match the spec: ${wrong}`,
            offending: entry.configPath,
            advice: 'Correct the config, or the spec if it is too strict.',
          },
        ];
  },
);

/** The first path at which two values differ; undefined if they are equal. */
const difference = (expected: unknown, actual: unknown, location = ''): string | undefined => {
  if (canonical(expected) === canonical(actual)) return undefined;
  if (!isObject(expected) || !isObject(actual)) return location;
  return [...new Set([...Object.keys(expected), ...Object.keys(actual)])]
    .map((key) => difference(expected[key], actual[key], `${location}/${key}`))
    .find((found) => found !== undefined);
};

const matchesExpected = define(
  'test_match_expected',
  'the spec equals the file at spec_path',
  async (entry, runs) => {
    if (entry.specPath === undefined) return {skipped: 'the config names no spec_path'};
    const actual = await runs.specification(entry);
    const file = objectAt(await readJson(entry.specPath));
    // A file may hold the whole message.
    const expected = isObject(file['spec']) && file['type'] === 'SPEC' ? file['spec'] : file;
    const location = difference(expected, actual);
    return location === undefined
      ? []
      : [
          {
            reason: `the spec differs from ${entry.specPath} at ${location || 'the root'}`,
            offending: shown(at(actual, ...location.split('/').slice(1)) ?? '(nothing)'),
            advice: 'If the change is intended, save the new spec to that file.',
          },
        ];
  },
);

const noRefs = define(
  'test_defined_refs_exist_in_json_spec_file',
  'no $ref is left in the spec',
  async (entry, runs) =>
    refsIn(await schemaOf(entry, runs)).map((found) => ({
      reason: `a $ref is left in the spec, at ${found}`,
      advice:
        'Write the referenced schema in its place: readers of a spec do not resolve references.',
    })),
);

const requiredExists = define(
  'test_required',
  'properties that the spec requires exist',
  async (entry, runs) =>
    nodesOf(await schemaOf(entry, runs)).flatMap(({schema, location}) => {
      if (!isObject(schema['properties'])) return [];
      const {properties} = schema;
      return listAt(schema['required'])
        .filter((name) => typeof name === 'string' && !Object.hasOwn(objectAt(properties), name))
        .map((name) => ({
          reason: `${location || 'the spec'} requires ${String(name)}, which is not one of its properties`,
          advice: 'Correct the name: no form can show this property.',
        }));
    }),
);

export const spec: readonly Check[] = [
  testSpec,
  configMatchesSpec,
  matchesExpected,
  ruleCheck('test_enum_usage', 'enums list each value once', rules.enumUsage),
  ruleCheck('test_oneof_usage', 'options of a oneOf are distinguishable', rules.oneOfUsage),
  ruleCheck(
    'test_secret_is_properly_marked',
    'properties that are named like secrets are marked airbyte_secret',
    rules.secretMarking,
  ),
  ruleCheck(
    'test_property_type_is_not_array',
    'each property has one type, or one type and null',
    rules.typeIsNotArray,
  ),
  ruleCheck('test_object_not_empty', 'nested objects have properties', rules.objectNotEmpty),
  ruleCheck('test_array_type', 'items of arrays have one plain type', rules.arrayType),
  ruleCheck(
    'test_forbidden_complex_types',
    'no keyword is used that forms do not support',
    rules.forbiddenKeywords,
  ),
  warningCheck('test_date_pattern', 'dates have a pattern', rules.datePattern),
  warningCheck('test_date_format', 'patterns of dates come with their format', rules.dateFormat),
  ruleCheck('test_duplicate_order', 'each order is used once', rules.duplicateOrder),
  ruleCheck('test_nested_group', 'group is used only at the root', rules.nestedGroup),
  ruleCheck('test_display_type', 'display_type is used only with oneOf', rules.displayType),
  noRefs,
  requiredExists,
  oauthParameters,
  oauthDefault,
  ruleCheck(
    'test_additional_properties_is_true',
    'additionalProperties, if present, is true',
    rules.additionalProperties,
  ),
  specCompatibility,
  imageLabels,
  imageEnvironment,
];
