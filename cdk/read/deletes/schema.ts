// What `discover` shows of a stream that tells what was deleted.

import type {Stream} from '../../author/stream-value.ts';
import {isObject, type JsonObject} from '../../json/values.ts';
import {DELETED_AT} from './tombstone.ts';

const TIME = {
  description: 'When the record was deleted, or found to be; null for one that is there.',
  type: ['null', 'string'],
  format: 'date-time',
};

/** The stream's schema with `_deleted_at`. Deleted records that others tell of have little more than their primary key. */
export const schemaOf = (
  {primaryKey, deletes}: Pick<Stream, 'primaryKey' | 'deletes'>,
  schema: JsonObject,
): JsonObject => {
  if (deletes === undefined) return schema;
  const {properties, required} = schema;
  const isBare = deletes.list !== undefined || deletes.sweep !== undefined;
  return {
    ...schema,
    ...(isBare &&
      Array.isArray(required) && {
        required: required.filter((field) => primaryKey.includes(String(field))),
      }),
    properties: {[DELETED_AT]: TIME, ...(isObject(properties) ? properties : {})},
  };
};
