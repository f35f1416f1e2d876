// Adds `_deleted_at` to the schema of a stream that detects deletions.
import type {Stream} from '../../author/stream-types.ts';
import {isObject, type JsonObject} from '../../json/values.ts';
import {DELETED_AT} from './tombstone.ts';

const TIME = {
  description: 'When the record was deleted, or found to be; null if it exists.',
  type: ['null', 'string'],
  format: 'date-time',
};

/** Tombstones from lists, sweeps and feeds of changes have little more than the primary key, so no other field is required. */
export const schemaOf = (
  {primaryKey, token, deletes}: Pick<Stream, 'primaryKey' | 'token' | 'deletes'>,
  schema: JsonObject,
): JsonObject => {
  if (deletes === undefined) return schema;
  const {properties, required} = schema;
  const isBare = [token, deletes.list, deletes.sweep].some((one) => one !== undefined);
  return {
    ...schema,
    ...(isBare &&
      Array.isArray(required) && {
        required: required.filter((field) => primaryKey.includes(String(field))),
      }),
    properties: {[DELETED_AT]: TIME, ...(isObject(properties) ? properties : {})},
  };
};
