// What the connector itself says, for fields of metadata.yaml that must agree with it.
import type {Context} from '../check.ts';
import type {Inputs, Line} from '../connector.ts';
import {isMapping, type Mapping, valueAt} from './file.ts';

const payloadIn = (lines: readonly Line[], type: string, key: string): unknown => {
  const line = lines.find(({json}) => valueAt(json, 'type') === type);
  return valueAt(line?.json, key);
};

const inputsOf = async (_context: Context): Promise<Inputs> => ({config: {}});

/** The names in the catalog; undefined where discover gives none, which is for its own suite to tell. */
export const discoveredStreams = async (
  context: Context,
): Promise<readonly string[] | undefined> => {
  const {lines} = await context.connector.run('discover', await inputsOf(context));
  const streams = valueAt(payloadIn(lines, 'CATALOG', 'catalog'), 'streams');
  if (!Array.isArray(streams)) return undefined;
  return streams.map((stream: unknown) => String(valueAt(stream, 'name')));
};

/** The properties of a config; undefined where spec says none. */
export const specProperties = async ({connector}: Context): Promise<Mapping | undefined> => {
  const {lines} = await connector.run('spec', {});
  const properties = valueAt(
    payloadIn(lines, 'SPEC', 'spec'),
    'connectionSpecification',
    'properties',
  );
  return isMapping(properties) ? properties : undefined;
};
