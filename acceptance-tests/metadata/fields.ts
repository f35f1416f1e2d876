// Checks each field of metadata.yaml against the schema of Airbyte's registry.
import {Ajv, type ErrorObject} from 'ajv';
import addFormats from 'ajv-formats';
import {type Check, type Context, type Fault, type Outcome, outcomeOf} from '../check-kit/check.ts';
import {readMetadata} from './file.ts';
import schema from './metadata.schema.json' with {type: 'json'};

type Kind = 'missing' | 'unknown' | 'enum' | 'value';

const kindOf = ({keyword, instancePath}: ErrorObject): Kind => {
  switch (keyword) {
    case 'required':
      return 'missing';
    case 'additionalProperties':
      return 'unknown';
    case 'enum':
    case 'const':
      // Without quotes, YAML reads "1.0" as a number, which is a value of the wrong type.
      return instancePath === '/metadataSpecVersion' ? 'value' : 'enum';
    default:
      return 'value';
  }
};

/** `data.releases.breakingChanges.2.0.0`: slashes would look like a file path. */
const fieldName = ({instancePath, params}: ErrorObject): string => {
  const key: unknown = params['missingProperty'] ?? params['additionalProperty'];
  return [...instancePath.split('/').slice(1), ...(typeof key === 'string' ? [key] : [])].join('.');
};

const wanted = ({message, parentSchema}: ErrorObject): string => {
  const about: unknown = parentSchema?.['description'];
  return typeof about === 'string' ? `must be ${about}` : `${message}`;
};

/** Names in older files, and the current ones. */
const RENAMED: Readonly<Record<string, string>> = {'data.registries': 'data.registryOverrides'};

const adviceOnUnknown = (field: string): string => {
  const name = RENAMED[field];
  return name === undefined
    ? "Correct its spelling, or remove it: Airbyte's registry rejects unknown fields."
    : `Rename it to ${name}.`;
};

const faultOf = (error: ErrorObject): Fault => {
  const field = fieldName(error);
  const offending = `${field}: ${JSON.stringify(error.data)}`;
  switch (kindOf(error)) {
    case 'missing':
      return {
        reason: `${field} is missing`,
        advice: `Add ${field}; Airbyte's registry rejects a connector without it.`,
      };
    case 'unknown':
      return {
        reason: `${field} is not a field that Airbyte knows`,
        advice: adviceOnUnknown(field),
      };
    case 'enum': {
      const allowed = Array.isArray(error.schema) ? error.schema.join(', ') : String(error.schema);
      return {
        reason: `${field} has a value that is not allowed`,
        offending,
        advice: `Use one of: ${allowed}.`,
      };
    }
    case 'value':
      return {reason: `${field} has a wrong value`, offending, advice: `It ${wanted(error)}.`};
  }
};

const ajv = new Ajv({allErrors: true, verbose: true});
addFormats.default(ajv);
const isValid = ajv.compile(schema);

/** A wrong field has one fault, the first of ajv's: its type comes before its format. */
const faultsOf = (metadata: unknown, kind: Kind): readonly Fault[] => {
  if (isValid(metadata)) return [];
  const errors = new Map<string, ErrorObject>();
  for (const error of isValid.errors ?? []) {
    const field = fieldName(error);
    if (!errors.has(field)) errors.set(field, error);
  }
  return [...errors.values()].filter((error) => kindOf(error) === kind).map(faultOf);
};

const check = (name: string, about: string, kind: Kind): Check => ({
  suite: 'metadata',
  name,
  about,
  run: async (context: Context): Promise<Outcome> => {
    const metadata = await readMetadata(context);
    return metadata.is === 'there'
      ? outcomeOf(faultsOf(metadata.value, kind))
      : {status: 'skipped', reason: 'metadata.yaml is missing or cannot be read'};
  },
});

export const fieldChecks: readonly Check[] = [
  check(
    'test_metadata_has_required_fields',
    'every field that Airbyte requires is present',
    'missing',
  ),
  check('test_metadata_has_no_unknown_fields', 'every field is one that Airbyte knows', 'unknown'),
  check('test_metadata_enums', 'fields with a fixed list of values have one of them', 'enum'),
  check(
    'test_metadata_values',
    'values have the right type and format: UUIDs, versions, URLs, dates, ranges',
    'value',
  ),
];
