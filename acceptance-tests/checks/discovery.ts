// The suite `discovery`: the catalog is complete and valid.

import {objectAt} from '../../cdk/json/at.ts';
import type {JsonObject} from '../../cdk/json/values.ts';
import type {Check, Fault} from '../check-kit/check.ts';
import {checksOf} from '../check-kit/define-check.ts';
import {failureOf} from '../check-kit/failure.ts';
import {type Node, nodesOf, refsIn, schemaProblem, typesOf} from '../protocol/json-schema.ts';
import {messagesOf, type Stream, shown, streamsOf} from '../protocol/messages.ts';
import {catalogCompatibility} from './compatibility.ts';
import {dataTypeProblem} from './data-types.ts';

const define = checksOf('discovery', (suites) => suites.discovery);

const NAMES = 'Give each stream a unique name: clients identify a stream by its name alone.';

const namesProblem = (streams: readonly Stream[]): readonly Fault[] => {
  if (streams.length === 0) {
    return [{reason: 'the catalog has no stream', advice: 'List at least one stream in CATALOG.'}];
  }
  const names = streams.map(({name}) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  return twice === undefined
    ? []
    : [{reason: `the catalog has the stream ${twice} twice`, advice: NAMES}];
};

const testDiscover = define(
  'test_discover',
  'discover prints one CATALOG of at least one stream, with unique names',
  async (entry, runs) => {
    const run = await runs.discover(entry);
    const failure = failureOf(run);
    if (failure !== undefined) return [failure];
    const catalogs = messagesOf(run, 'CATALOG');
    const [catalog] = catalogs;
    if (catalog === undefined || catalogs.length > 1) {
      const offending = catalogs[1]?.line.text ?? run.lines.at(-1)?.text;
      return [
        {
          reason: `discover printed ${catalogs.length} CATALOG messages instead of one`,
          ...(offending !== undefined && {offending: shown(offending)}),
          advice: 'Print exactly one CATALOG message, on one line of stdout.',
        },
      ];
    }
    return namesProblem(streamsOf(catalog.payload));
  },
);

/** Defines a check that looks at each stream of the catalog. */
const streamCheck = (
  name: string,
  about: string,
  rule: (stream: Stream) => readonly Fault[],
): Check =>
  define(name, about, async (entry, runs) =>
    (await runs.streams(entry)).flatMap((stream) => rule(stream)),
  );

/** Defines a check that looks at each schema within the streams' schemas. */
const schemaCheck = (
  name: string,
  about: string,
  advice: string,
  problem: (node: Node) => string | undefined,
): Check =>
  streamCheck(name, about, ({key, schema}) =>
    nodesOf(schema).flatMap((node): readonly Fault[] => {
      const found = problem(node);
      const location = node.location === '' ? key : `${key}: ${node.location}`;
      return found === undefined
        ? []
        : [{reason: `${location} ${found}`, offending: shown(node.schema), advice}];
    }),
  );

/** The schema at a path of fields; undefined if there is no such field. */
const fieldAt = (schema: JsonObject, path: readonly string[]): JsonObject | undefined => {
  let inner: JsonObject | undefined = schema;
  for (const name of path) {
    const properties = objectAt(inner?.['properties']);
    inner = Object.hasOwn(properties, name) ? objectAt(properties[name]) : undefined;
    if (inner === undefined) return undefined;
  }
  return inner;
};

const validSchemas = streamCheck(
  'test_streams_have_valid_json_schemas',
  'the schema of each stream is a valid JSON Schema of draft-07',
  ({key, schema, raw}) => {
    const problem = raw['json_schema'] === undefined ? 'it is missing' : schemaProblem(schema);
    return problem === undefined
      ? []
      : [
          {
            reason: `the schema of ${key} is not valid: ${problem}`,
            offending: shown(schema),
            advice: 'Correct the schema: destinations create their tables from it.',
          },
        ];
  },
);

const cursorsExist = streamCheck(
  'test_defined_cursors_exist_in_schema',
  'default cursors are fields of their schema',
  ({key, schema, defaultCursor}) =>
    defaultCursor.length === 0 || fieldAt(schema, defaultCursor) !== undefined
      ? []
      : [
          {
            reason: `the default cursor of ${key} is ${defaultCursor.join('.')}, which its schema does not have`,
            offending: shown(Object.keys(objectAt(schema['properties'])).join(', ')),
            advice: 'Correct default_cursor_field, or add the field to the schema.',
          },
        ],
);

const noRefs = streamCheck(
  'test_defined_refs_exist_in_schema',
  'no $ref is left in the schemas',
  ({key, schema}) =>
    refsIn(schema).map((found) => ({
      reason: `a $ref is left in the schema of ${key}, at ${found}`,
      advice: 'Write the referenced schema in its place: destinations do not resolve references.',
    })),
);

const primaryKeysExist = streamCheck(
  'test_primary_keys_exist_in_schema',
  'primary keys are fields of their schema',
  ({key, schema, primaryKey}) =>
    primaryKey
      .filter((path) => fieldAt(schema, path) === undefined)
      .map((path) => ({
        reason: `the primary key of ${key} has ${path.join('.')}, which its schema does not have`,
        offending: shown(Object.keys(objectAt(schema['properties'])).join(', ')),
        advice: 'Correct source_defined_primary_key, or add the field to the schema.',
      })),
);

const SYNC_MODES = ['full_refresh', 'incremental'];

const syncModes = streamCheck(
  'test_streams_has_sync_modes',
  'each stream has a sync mode',
  ({key, syncModes: modes, raw}) =>
    modes.length > 0 && modes.every((mode) => SYNC_MODES.includes(mode))
      ? []
      : [
          {
            reason: `${key} has the sync modes ${shown(raw['supported_sync_modes'] ?? 'none')}`,
            advice:
              'List full_refresh, and incremental if it is supported, in supported_sync_modes.',
          },
        ],
);

const primaryKeyTypes = define(
  'test_primary_keys_data_type',
  'no part of a primary key is an object or an array',
  async (entry, runs) => {
    if (!entry.validatePrimaryKeys) return {skipped: 'validate_primary_keys_data_type is false'};
    return (await runs.streams(entry)).flatMap(({key, schema, primaryKey}) =>
      primaryKey.flatMap((path): readonly Fault[] => {
        const field = fieldAt(schema, path) ?? {};
        const types = typesOf(field).filter((type) => type === 'object' || type === 'array');
        return types.length === 0
          ? []
          : [
              {
                reason: `the primary key of ${key} has ${path.join('.')}, which is an ${types.join(' or ')}`,
                offending: shown(field),
                advice: 'Use a field with plain values as the key: destinations compare them.',
              },
            ];
      }),
    );
  },
);

export const discovery: readonly Check[] = [
  testDiscover,
  validSchemas,
  cursorsExist,
  noRefs,
  schemaCheck(
    'test_defined_keyword_exist_in_schema',
    'allOf and not are not used',
    'Write the schema without them: destinations do not know these keywords.',
    ({schema}) => {
      const used = ['allOf', 'not'].filter((keyword) => schema[keyword] !== undefined);
      return used.length === 0 ? undefined : `uses ${used.join(' and ')}`;
    },
  ),
  primaryKeysExist,
  syncModes,
  schemaCheck(
    'test_additional_properties_is_true',
    'additionalProperties, if present, is true',
    'Remove it or set it to true: APIs add fields without notice.',
    ({schema}) => {
      const {additionalProperties: value} = schema;
      return value === undefined || value === true
        ? undefined
        : `has additionalProperties: ${shown(value)}`;
    },
  ),
  primaryKeyTypes,
  catalogCompatibility,
  schemaCheck(
    'test_catalog_has_supported_data_types',
    "each field has one of the protocol's data types",
    'Declare a type, such as {"type": ["null", "string"]}, or {"type": ["null", "string"], "format": "date-time"} for a time; `headwater schema` proposes one. All are at https://docs.airbyte.com/understanding-airbyte/supported-data-types',
    dataTypeProblem,
  ),
];
