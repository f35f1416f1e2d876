import {ConfigError} from '../errors.ts';
import {isObject, type JsonObject, kindOf} from '../json/values.ts';
import type {StreamDescriptor} from './generated/airbyte.ts';

/** An entry of a configured catalog: a stream that the user selected. */
export type ConfiguredStream = {
  readonly descriptor: StreamDescriptor;
  /** Unchanged from the catalog. The plan rejects unknown modes. */
  readonly syncMode: string;
  /** The configured JSON Schema. Fields that the user did not select are missing. */
  readonly schema?: JsonObject;
};

/** Clients treat absent, null and empty namespaces alike. */
export const descriptorOf = (name: string, namespace: unknown): StreamDescriptor =>
  typeof namespace === 'string' && namespace !== '' ? {name, namespace} : {name};

/** The key of a stream in maps. Names and namespaces may hold any character. */
export const streamKey = ({name, namespace = ''}: StreamDescriptor): string =>
  JSON.stringify([namespace, name]);

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

/** Reads a configured catalog, and ignores fields that the kit does not need. */
export const parseCatalog = (catalog: unknown): readonly ConfiguredStream[] => {
  const streams = isObject(catalog) ? catalog['streams'] : undefined;
  if (!Array.isArray(streams)) {
    throw new ConfigError(
      `The catalog must be an object with a list "streams", but ${isObject(catalog) ? `"streams" is ${kindOf(streams)}` : `is ${kindOf(catalog)}`}.`,
    );
  }
  return streams.map(configuredStream);
};
