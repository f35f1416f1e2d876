import {ConfigError} from '../errors.ts';
import {isObject, type JsonObject, kindOf} from '../json/values.ts';
import type {StreamDescriptor} from './generated/airbyte.ts';

/** One entry of a configured catalog: what the user asked to read, and how. */
export type ConfiguredStream = {
  readonly descriptor: StreamDescriptor;
  /** As it stands in the catalog; anything but the two modes is the plan's to refuse. */
  readonly syncMode: string;
  /** The stream's JSON Schema as configured: where the user selects fields, the others are missing in it. */
  readonly schema?: JsonObject;
};

/** Absent, null and empty namespaces are one and the same to every client. */
export const descriptorOf = (name: string, namespace: unknown): StreamDescriptor =>
  typeof namespace === 'string' && namespace !== '' ? {name, namespace} : {name};

/** Tells streams apart, with their namespace; a space cannot be part of one. */
export const streamKey = ({name, namespace = ''}: StreamDescriptor): string =>
  `${namespace} ${name}`;

const configuredStream = (entry: unknown, index: number): ConfiguredStream => {
  const stream: JsonObject = isObject(entry) && isObject(entry['stream']) ? entry['stream'] : {};
  const name = stream['name'];
  if (!isObject(entry) || typeof name !== 'string') {
    throw new ConfigError(
      `The catalog's streams[${index}] has no stream.name. Give the output of \`discover\` as a configured catalog: {"streams": [{"stream": {"name": …}, "sync_mode": "full_refresh", "destination_sync_mode": "append"}]}.`,
    );
  }
  const schema = stream['json_schema'];
  return {
    descriptor: descriptorOf(name, stream['namespace']),
    syncMode: String(entry['sync_mode'] ?? 'full_refresh'),
    ...(isObject(schema) && {schema}),
  };
};

/** Reads a configured catalog; fields the kit does not need are passed over. */
export const parseCatalog = (catalog: unknown): readonly ConfiguredStream[] => {
  const streams = isObject(catalog) ? catalog['streams'] : undefined;
  if (!Array.isArray(streams)) {
    throw new ConfigError(
      `The catalog must be an object with a list "streams", but ${isObject(catalog) ? `"streams" is ${kindOf(streams)}` : `is ${kindOf(catalog)}`}.`,
    );
  }
  return streams.map(configuredStream);
};
