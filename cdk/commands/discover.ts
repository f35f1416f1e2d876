import {tracksDeletes} from '../author/deletes.ts';
import type {Source} from '../author/source.ts';
import type {Stream} from '../author/stream-types.ts';
import {SOURCE_SCOPE} from '../http/request-scope.ts';
import {isObject, type JsonObject} from '../json/values.ts';
import type {AirbyteStream} from '../protocol/generated/airbyte.ts';
import {schemaOf} from '../read/deletes/schema.ts';
import {declaredSchema} from '../read/schema.ts';
import type {Command, Input, Runtime} from './command.ts';
import {connect, jsonOf, streamsOf} from './connect.ts';

const isResumable = ({cursor, token, slices, resumable}: Stream): boolean =>
  cursor !== undefined || token !== undefined || slices.kind !== 'whole' || resumable !== undefined;

/** Splits a dot path, unless the schema has a field whose own name contains the dots. */
const cursorFieldPath = (field: string, schema: JsonObject): string[] => {
  const {properties} = schema;
  return isObject(properties) && Object.hasOwn(properties, field) ? [field] : field.split('.');
};

/** Leaves out absent fields, because clients fail on nulls. */
const toAirbyteStream = (stream: Stream, schema: JsonObject): AirbyteStream => {
  const {name, primaryKey, cursor, token} = stream;
  // Airbyte's database sources, too, have incremental streams without a cursor field: the source decides what is new.
  const isIncremental = cursor !== undefined || token !== undefined || tracksDeletes(stream);
  return {
    name,
    json_schema: schema,
    // Several clients take the first mode as their default.
    supported_sync_modes: isIncremental ? ['full_refresh', 'incremental'] : ['full_refresh'],
    ...(isIncremental && {source_defined_cursor: true}),
    ...(cursor && {default_cursor_field: cursorFieldPath(cursor.field, schema)}),
    ...(isResumable(stream) && {is_resumable: true}),
    ...(primaryKey.length > 0 && {
      source_defined_primary_key: primaryKey.map((field) => [field]),
    }),
  };
};

export async function* discover<C extends object>(
  source: Source<C>,
  readConfig: Input,
  runtime: Runtime,
): Command {
  const connection = await connect(source, readConfig, runtime);
  const {config, http} = connection;
  const describe = async (stream: Stream): Promise<AirbyteStream> => {
    const scope = {...SOURCE_SCOPE, name: stream.name};
    const context = {http: http.bind({scope}), signal: runtime.signal, config: jsonOf(config)};
    return toAirbyteStream(stream, schemaOf(stream, await declaredSchema(stream, context)));
  };
  try {
    const streams = await Promise.all((await streamsOf(source, connection)).map(describe));
    yield {type: 'CATALOG', catalog: {streams}};
  } finally {
    await http.close();
  }
  return true;
}
