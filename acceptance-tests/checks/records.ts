// Checks the records of a read: their schema, their primary key, and their completeness.

import {at, objectAt} from '../../cdk/json/at.ts';
import {isObject, type JsonObject} from '../../cdk/json/values.ts';
import type {Fault} from '../check-kit/check.ts';
import type {BasicReadEntry} from '../config/settings.ts';
import {nodesOf, recordValidatorOf, schemaProblem} from '../protocol/json-schema.ts';
import {type ConfiguredStream, type Emitted, shown} from '../protocol/messages.ts';

/** A configured stream with its records. */
interface StreamRecords {
  readonly stream: ConfiguredStream;
  readonly records: readonly Emitted[];
}

/** One fault for all records that have it, which shows the first. */
const faultOf = (
  {stream, records}: StreamRecords,
  problem: (record: Emitted) => string | undefined,
  advice: string,
): readonly Fault[] => {
  const found = records.flatMap((record) => {
    const what = problem(record);
    return what === undefined ? [] : [{record, what}];
  });
  const [first] = found;
  if (first === undefined) return [];
  const others = found.length === 1 ? '' : ` (${found.length} records)`;
  return [
    {
      reason: `${stream.key}: ${first.what}${others}`,
      offending: shown(first.record.line.text),
      advice,
    },
  ];
};

const isFraction = /[.eE]/;

/**
 * The data of a record for the validator, which does not distinguish 1 from 1.0 as strict readers do: a whole number
 * that is written with a fraction gets one.
 */
const strictData = ({line}: Emitted): unknown => {
  const reviver = (_key: string, value: unknown, context?: {readonly source?: string}): unknown =>
    typeof value === 'number' && Number.isInteger(value) && isFraction.test(context?.source ?? '')
      ? value + 0.5
      : value;
  return objectAt(objectAt(JSON.parse(line.text, reviver))['record'])['data'];
};

const propertiesOf = (schema: JsonObject): readonly string[] =>
  Object.keys(objectAt(schema['properties']));

const ofSchema = (group: StreamRecords): readonly Fault[] => {
  const {schema} = group.stream;
  // discovery reports an invalid schema.
  if (schemaProblem(schema) !== undefined) return [];
  const validate = recordValidatorOf(schema);
  const known = propertiesOf(schema);
  const strange = faultOf(
    group,
    ({data}) =>
      known.length > 0 && !Object.keys(data).some((name) => known.includes(name))
        ? 'a record has no field in common with the schema'
        : undefined,
    'Declare the fields of the records in the schema of their stream.',
  );
  return [
    ...strange,
    ...faultOf(
      group,
      (record) => {
        const wrong = validate(strictData(record));
        return wrong === undefined ? undefined : `a record does not match its schema: ${wrong}`;
      },
      'Correct the schema, or convert the value: destinations create their columns from the schema.',
    ),
  ];
};

const extraColumns = (group: StreamRecords): readonly Fault[] => {
  const known = propertiesOf(group.stream.schema);
  return faultOf(
    group,
    ({data}) => {
      const extra = Object.keys(data).filter((name) => !known.includes(name));
      return extra.length === 0
        ? undefined
        : `a record has fields that the schema does not declare: ${extra.join(', ')}`;
    },
    'Declare them: many destinations drop undeclared fields.',
  );
};

const primaryKeys = (group: StreamRecords): readonly Fault[] => {
  const {primaryKey} = group.stream;
  if (primaryKey.length === 0) return [];
  return faultOf(
    group,
    ({data}) => {
      const parts = primaryKey.map((path) => at(data, ...path) ?? null);
      if (parts.every((part) => part === null)) return 'a record has no value in its primary key';
      return parts.some((part) => isObject(part) || Array.isArray(part))
        ? 'a record has an object or a list in its primary key'
        : undefined;
    },
    'Use fields as the key that every record has: the platform fails a sync without them.',
  );
};

/** Finds fields of the schema that have no value in any record. */
const dataPoints = ({stream, records}: StreamRecords): readonly Fault[] => {
  const fields = nodesOf(stream.schema).filter(({property, location}) => {
    return property !== undefined && !location.includes('[') && !location.includes('*');
  });
  const empty = fields
    .map(({location}) => location)
    .filter((location) =>
      records.every(({data}) => (at(data, ...location.split('.')) ?? null) === null),
    );
  return empty.length === 0
    ? []
    : [
        {
          reason: `${stream.key}: no record has a value for ${empty.join(', ')}`,
          advice:
            'Add records with these fields to the account that is read, or remove the fields from the schema.',
        },
      ];
};

const nothingRead = ({stream, records}: StreamRecords): readonly Fault[] =>
  records.length > 0
    ? []
    : [
        {
          reason: `${stream.key}: no record was read`,
          advice:
            'Add records to the account that is read, or list the stream in empty_streams with a bypass_reason.',
        },
      ];

/** The faults of the records of a read, stream by stream. */
export const recordFaults = (
  entry: BasicReadEntry,
  streams: readonly ConfiguredStream[],
  records: readonly Emitted[],
): readonly Fault[] => {
  const groups = Map.groupBy(records, ({stream}) => stream);
  return streams.flatMap((stream) => {
    const group = {stream, records: groups.get(stream.key) ?? []};
    if (group.records.length === 0) return nothingRead(group);
    return [
      ...(entry.validateSchema ? ofSchema(group) : []),
      ...(entry.failOnExtraColumns ? extraColumns(group) : []),
      ...(entry.validatePrimaryKeys ? primaryKeys(group) : []),
      ...(entry.validateDataPoints ? dataPoints(group) : []),
    ];
  });
};
