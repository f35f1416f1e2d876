// Output of the connector that must agree with metadata.yaml. If it is missing, another suite reports that.
import {at} from '../../cdk/json/at.ts';
import {isObject, type JsonObject} from '../../cdk/json/values.ts';
import type {Context} from '../check-kit/check.ts';
import {type EntryLike, runsOf, Unavailable} from '../check-kit/shared-runs.ts';
import type {Settings, Suite} from '../config/settings.ts';

/** The first entry of the suites that have a config for discover. */
const entryOf = ({suites = {}}: Settings): EntryLike | undefined => {
  const entriesOf = <E>(suite: Suite<E>): readonly E[] =>
    suite !== undefined && 'entries' in suite ? suite.entries : [];
  const checked = entriesOf(suites.connection).find(({status}) => status === 'succeed');
  return entriesOf(suites.discovery)[0] ?? checked ?? entriesOf(suites.basic_read)[0];
};

const orUndefined = async <T>(output: Promise<T>): Promise<T | undefined> => {
  try {
    return await output;
  } catch (error) {
    if (error instanceof Unavailable) return undefined;
    throw error;
  }
};

/** The names of the streams in the catalog; undefined without a catalog. */
export const discoveredStreams = async (
  context: Context,
): Promise<readonly string[] | undefined> => {
  const entry = entryOf(context.settings);
  if (entry === undefined) return undefined;
  const streams = await orUndefined(runsOf(context).streams(entry));
  return streams?.map(({name}) => name);
};

/** The properties of the config by the spec; undefined without a spec. */
export const specProperties = async (context: Context): Promise<JsonObject | undefined> => {
  const entry = entryOf(context.settings);
  if (entry === undefined) return undefined;
  const specification = await orUndefined(runsOf(context).specification(entry));
  const properties = at(specification, 'connectionSpecification', 'properties');
  return isObject(properties) ? properties : undefined;
};
