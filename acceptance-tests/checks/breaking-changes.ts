// Finds changes of an update that break existing configs and connections.

import {listAt, objectAt} from '../../cdk/json/at.ts';
import {canonical} from '../../cdk/json/canonical.ts';
import {isObject, type JsonObject} from '../../cdk/json/values.ts';
import type {Fault} from '../check-kit/check.ts';
import {validatorOf} from '../protocol/json-schema.ts';
import {keyOf, shown} from '../protocol/messages.ts';
import {sampleConfigs} from './sample-configs.ts';

/** Types as a sorted list; empty if a schema names none. */
const typesOf = ({type}: JsonObject): readonly string[] =>
  (Array.isArray(type) ? type : [type]).filter((one) => typeof one === 'string').sort();

const typeNames = (types: readonly string[]): string => types.join(' or ') || 'any type';

const fault = (location: string, change: string, advice: string): Fault => ({
  reason: `${location || 'the root'}: ${change}`,
  offending: location,
  advice,
});

const OLD_CONFIGS =
  'Existing configs would be rejected: undo the change, or release a new major version with a breakingChanges entry.';

const removedProperties = (
  before: JsonObject,
  after: JsonObject,
  location: string,
  advice: string,
) =>
  Object.keys(objectAt(before['properties']))
    .filter((name) => !Object.hasOwn(objectAt(after['properties']), name))
    .map((name) => fault(`${location}/${name}`, 'this property is gone', advice));

const newRequirements = (
  before: JsonObject,
  after: JsonObject,
  location: string,
): readonly Fault[] => {
  const known = listAt(before['required']);
  return listAt(after['required'])
    .filter((name) => !known.includes(name))
    .map((name) =>
      fault(`${location}/${String(name)}`, 'this property is now required', OLD_CONFIGS),
    );
};

const narrowedType = (
  before: JsonObject,
  after: JsonObject,
  location: string,
): readonly Fault[] => {
  const [old, now] = [typesOf(before), typesOf(after)];
  if (now.length === 0 || (old.length > 0 && old.every((type) => now.includes(type)))) return [];
  return [fault(location, `the type was ${typeNames(old)}, and is ${typeNames(now)}`, OLD_CONFIGS)];
};

const narrowedEnum = (
  before: JsonObject,
  after: JsonObject,
  location: string,
): readonly Fault[] => {
  if (!Array.isArray(after['enum'])) return [];
  const now = after['enum'].map(canonical);
  if (!Array.isArray(before['enum'])) {
    return [fault(location, 'it has an enum now, and accepted any value before', OLD_CONFIGS)];
  }
  return before['enum']
    .filter((value) => !now.includes(canonical(value)))
    .map((value) => fault(location, `its enum no longer has ${shown(value)}`, OLD_CONFIGS));
};

/** Identifies an option of a oneOf: by its const, else by its title. */
const nameOfOption = (option: unknown): string => {
  const constants = Object.entries(objectAt(objectAt(option)['properties']))
    .filter(([, property]) => isObject(property) && 'const' in property)
    .map(([name, property]) => `${name}=${String(objectAt(property)['const'])}`);
  return constants[0] ?? String(objectAt(option)['title']);
};

const compareOptions = (
  before: JsonObject,
  after: JsonObject,
  location: string,
): readonly Fault[] => {
  const now = new Map(listAt(after, 'oneOf').map((option) => [nameOfOption(option), option]));
  return listAt(before, 'oneOf').flatMap((option): readonly Fault[] => {
    const name = nameOfOption(option);
    const found = now.get(name);
    if (found === undefined) return [fault(location, `its option ${name} is gone`, OLD_CONFIGS)];
    return compareConfigSchemas(objectAt(option), objectAt(found), `${location}(${name})`);
  });
};

const compareConfigSchemas = (
  before: JsonObject,
  after: JsonObject,
  location: string,
): readonly Fault[] => [
  ...removedProperties(before, after, location, OLD_CONFIGS),
  ...newRequirements(before, after, location),
  ...narrowedType(before, after, location),
  ...narrowedEnum(before, after, location),
  ...compareOptions(before, after, location),
  ...Object.entries(objectAt(before['properties'])).flatMap(([name, old]) => {
    const now = objectAt(after['properties'])[name];
    return now === undefined
      ? []
      : compareConfigSchemas(objectAt(old), objectAt(now), `${location}/${name}`);
  }),
  ...(isObject(before['items']) && isObject(after['items'])
    ? compareConfigSchemas(before['items'], after['items'], `${location}/*`)
    : []),
];

const schemaOf = (spec: unknown): JsonObject => {
  const message = objectAt(spec);
  const inside = isObject(message['spec']) ? message['spec'] : message;
  return objectAt(inside['connectionSpecification']);
};

/** A sample config of the old schema that the new one rejects, for reasons that the comparison does not cover. */
const refusedConfigs = (before: JsonObject, after: JsonObject): readonly Fault[] => {
  const [wasValid, isValid] = [validatorOf(before), validatorOf(after)];
  for (const config of sampleConfigs(before)) {
    const problem = wasValid(config) === undefined ? isValid(config) : undefined;
    if (problem === undefined) continue;
    return [
      {
        reason: `a config that was valid no longer is: ${problem}`,
        offending: shown(config),
        advice: OLD_CONFIGS,
      },
    ];
  }
  return [];
};

/** The changes in a new spec (a SPEC message, or its `spec`) that reject configs which the previous one accepted. */
export const compareSpecs = (before: unknown, after: unknown): readonly Fault[] => {
  const [old, now] = [schemaOf(before), schemaOf(after)];
  const changes = compareConfigSchemas(old, now, '');
  return changes.length > 0 ? changes : refusedConfigs(old, now);
};

const OLD_TABLES =
  'Existing tables would break: undo the change, or release a new major version with a breakingChanges entry that names the stream.';

/** Null may be added; any other change of types is a fault. */
const changedType = (before: JsonObject, after: JsonObject, location: string): readonly Fault[] => {
  const [old, now] = [typesOf(before), typesOf(after)];
  const added = now.filter((type) => !old.includes(type) && type !== 'null');
  if (added.length === 0 && old.every((type) => now.includes(type))) return [];
  return [fault(location, `the type was ${typeNames(old)}, and is ${typeNames(now)}`, OLD_TABLES)];
};

const compareRecordSchemas = (
  before: JsonObject,
  after: JsonObject,
  location: string,
): readonly Fault[] => [
  ...changedType(before, after, location),
  ...removedProperties(before, after, location, OLD_TABLES),
  ...Object.entries(objectAt(before['properties'])).flatMap(([name, old]) => {
    const now = objectAt(after['properties'])[name];
    return now === undefined
      ? []
      : compareRecordSchemas(objectAt(old), objectAt(now), `${location}/${name}`);
  }),
  ...(isObject(before['items']) && isObject(after['items'])
    ? compareRecordSchemas(before['items'], after['items'], `${location}/*`)
    : []),
];

const streamsOf = (catalog: unknown): ReadonlyMap<string, JsonObject> => {
  const message = objectAt(catalog);
  const inside = isObject(message['catalog']) ? message['catalog'] : message;
  const streams = listAt(inside['streams']).map((stream) => objectAt(stream));
  return new Map(streams.map((stream) => [keyOf(stream), stream]));
};

const compareStreams = (before: JsonObject, after: JsonObject, name: string): readonly Fault[] => {
  const [old, now] = [before['default_cursor_field'], after['default_cursor_field']].map(
    (cursor) => listAt(cursor).join('.') || 'none',
  );
  const cursor =
    old === now ? [] : [fault(name, `its default cursor was ${old}, and is ${now}`, OLD_TABLES)];
  return [
    ...cursor,
    ...compareRecordSchemas(objectAt(before['json_schema']), objectAt(after['json_schema']), name),
  ];
};

/** The changes in a new catalog (a CATALOG message, or its `catalog`) that break connections of the previous one. */
export const compareCatalogs = (before: unknown, after: unknown): readonly Fault[] => {
  const now = streamsOf(after);
  return [...streamsOf(before)].flatMap(([name, stream]) => {
    const found = now.get(name);
    return found === undefined
      ? [fault(name, 'this stream is gone', OLD_TABLES)]
      : compareStreams(stream, found, name);
  });
};
