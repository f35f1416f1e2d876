// Changes schemas so that the types made of them are strict.
import type {JSONSchema} from 'json-schema-to-typescript';

export type JsonSchema = JSONSchema & {readonly connectionSpecification?: JsonSchema};

const isObject = (value: unknown): value is JsonSchema =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

const mapped = (value: unknown, change: (object: JsonSchema) => JsonSchema): unknown => {
  if (Array.isArray(value)) return value.map((item) => mapped(item, change));
  return isObject(value) ? mapObjectSchemas(value, change) : value;
};

/** Applies `change` to every object schema inside `schema`, in a copy. */
export const mapObjectSchemas = (
  schema: JsonSchema,
  change: (object: JsonSchema) => JsonSchema,
): JsonSchema => {
  const copy: JsonSchema = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key, mapped(value, change)]),
  );
  return copy.properties === undefined ? copy : change(copy);
};

/**
 * Schemas allow undeclared fields, but types do not: with an index signature any misspelled name would compile. The type of
 * an object without declared fields stays open.
 */
export const closed = (schema: JsonSchema): JsonSchema =>
  mapObjectSchemas(schema, (object) => ({...object, additionalProperties: false}));

/** The kit fills in the defaults of a config before a source reads it, so a field with a default is never missing. */
export const withDefaultsPresent = (schema: JsonSchema): JsonSchema =>
  mapObjectSchemas(schema, (object) => {
    const withDefault = Object.entries(object.properties ?? {}).flatMap(([name, property]) =>
      property.default === undefined ? [] : [name],
    );
    const required = Array.isArray(object.required) ? object.required : [];
    return {...object, required: [...new Set([...required, ...withDefault])]};
  });
