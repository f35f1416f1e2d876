// Records must match the schemas of the catalog.

import {Ajv, type ValidateFunction} from 'ajv';
import {isObject, type JsonObject} from '../../cdk/json/values.ts';
import {messageOf} from '../../process/errors.ts';
import {type Configured, configuredStreams} from './catalog.ts';
import type {Invariant} from './invariant.ts';
import {nameOf} from './message.ts';

const DATE = /^\d{4}-\d{2}-\d{2}(?: BC)?$/;
/** The zone may be missing, and a space may replace the T: Airbyte has types for both. */
const DATE_TIME =
  /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}(?::?\d{2})?)?(?: BC)?$/i;
const TIME = /^\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}(?::?\d{2})?)?$/i;

/** The schema without its `$schema` and ids, so that it is compiled as draft-07 like on the platform. */
const plain = (schema: JsonObject): JsonObject => {
  const {$schema: _schema, id: _id, $id: _newId, ...rest} = schema;
  return rest;
};

const compile = (schema: unknown): ValidateFunction => {
  const ajv = new Ajv({strict: false, validateSchema: false, logger: false});
  ajv.addFormat('date', DATE);
  ajv.addFormat('date-time', DATE_TIME);
  ajv.addFormat('time', TIME);
  return ajv.compile(isObject(schema) ? plain(schema) : {});
};

export const recordSchema: Invariant = {
  name: 'record-schema',
  about: "Records have the types and formats of the catalog's json_schema.",
  watch: ({catalog}, report) => {
    const configured = configuredStreams(catalog);
    const validators = new Map<string, ValidateFunction | undefined>();
    const validatorOf = ({stream, schema}: Configured): ValidateFunction | undefined => {
      if (validators.has(stream.key)) return validators.get(stream.key);
      let validator: ValidateFunction | undefined;
      try {
        validator = compile(schema);
      } catch (error) {
        report({
          severity: 'warning',
          reason: `The json_schema of ${nameOf(stream)} cannot be used to validate records: ${messageOf(error)}.`,
          advice: 'Write it as a JSON schema of draft-07 without references.',
        });
      }
      validators.set(stream.key, validator);
      return validator;
    };
    return {
      message: ({type, stream, payload}) => {
        if (type !== 'RECORD' || stream === undefined) return;
        const one = configured.get(stream.key);
        const data = payload['data'];
        if (one === undefined || !isObject(data)) return;
        const validator = validatorOf(one);
        if (validator === undefined || validator(data)) return;
        const [error] = validator.errors ?? [];
        const where = error?.instancePath.slice(1).replaceAll('/', '.') ?? '';
        report({
          reason: `A record of ${nameOf(stream)} does not match its schema: ${where} ${error?.message ?? 'is invalid'}.`,
          advice:
            'Convert the value to the declared type, or declare the type that the API returns, with null if it can be missing.',
          subject: `${stream.key} ${where.replace(/\d+/g, '*')}`,
        });
      },
    };
  },
};

/** The fields that a schema declares; undefined if it allows any. */
const declaredFields = (schema: unknown): ReadonlySet<string> | undefined => {
  if (!isObject(schema) || !isObject(schema['properties'])) return undefined;
  return schema['patternProperties'] === undefined
    ? new Set(Object.keys(schema['properties']))
    : undefined;
};

export const undeclaredFields: Invariant = {
  name: 'undeclared-fields',
  about: "Records have no field at the top that the catalog's json_schema does not declare.",
  watch: ({catalog}, report) => {
    const declared = new Map(
      [...configuredStreams(catalog)].map(([key, {schema}]) => [key, declaredFields(schema)]),
    );
    const reported = new Set<string>();
    return {
      message: ({type, stream, payload}) => {
        if (type !== 'RECORD' || stream === undefined) return;
        const fields = declared.get(stream.key);
        const data = payload['data'];
        if (fields === undefined || !isObject(data)) return;
        for (const field in data) {
          if (fields.has(field)) continue;
          const key = `${stream.key} ${field}`;
          // Each field is reported once, up to a limit on the fields to remember.
          if (reported.has(key) || reported.size > 1000) continue;
          reported.add(key);
          report({
            severity: 'warning',
            reason: `Records of ${nameOf(stream)} have the field \`${field}\`, which its schema does not declare.`,
            advice:
              'Declare it, or leave it out: PyAirbyte, Singer and typed destinations drop it.',
          });
        }
      },
    };
  },
};
