// What the connector itself says, for fields of metadata.yaml that must agree with it.
import {readFile} from 'node:fs/promises';
import type {Context} from '../check.ts';
import type {Line} from '../connector.ts';
import type {Settings, Suite} from '../settings.ts';
import {isMapping, type Mapping, valueAt} from './file.ts';

const payloadIn = (lines: readonly Line[], type: string, key: string): unknown => {
  const line = lines.find(({json}) => valueAt(json, 'type') === type);
  return valueAt(line?.json, key);
};

/** The config that discover is tested with, or one that check takes. */
const configPathIn = ({suites = {}}: Settings): string | undefined => {
  const entriesOf = <E>(suite: Suite<E>): readonly E[] =>
    suite !== undefined && 'entries' in suite ? suite.entries : [];
  const checked = entriesOf(suites.connection).find(({status}) => status === 'succeed');
  return (entriesOf(suites.discovery)[0] ?? checked)?.configPath;
};

/** The names in the catalog; undefined where discover gives none, which is for its own suite to tell. */
export const discoveredStreams = async (
  context: Context,
): Promise<readonly string[] | undefined> => {
  const path = configPathIn(context.settings);
  const config: unknown = path === undefined ? {} : JSON.parse(await readFile(path, 'utf8'));
  const {lines} = await context.connector.run('discover', {config});
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
