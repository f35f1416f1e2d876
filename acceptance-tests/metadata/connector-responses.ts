// What the connector itself says, for fields of metadata.yaml that must agree with it. Where it says nothing, another
// suite tells.
import {at} from '../../cdk/json/at.ts';
import {isObject, type JsonObject} from '../../cdk/json/values.ts';
import type {Context} from '../check-kit/check.ts';
import {type EntryLike, runsOf, Unavailable} from '../check-kit/shared-runs.ts';
import type {Settings, Suite} from '../config/settings.ts';

/** Of the suites that have a config to discover with, the first entry. */
const entryOf = ({suites = {}}: Settings): EntryLike | undefined => {
  const entriesOf = <E>(suite: Suite<E>): readonly E[] =>
    suite !== undefined && 'entries' in suite ? suite.entries : [];
  const checked = entriesOf(suites.connection).find(({status}) => status === 'succeed');
  return entriesOf(suites.discovery)[0] ?? checked ?? entriesOf(suites.basic_read)[0];
};

const orUndefined = async <T>(answer: Promise<T>): Promise<T | undefined> => {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Unavailable) return undefined;
    throw error;
  }
};

/** The names in the catalog; undefined where there is none. */
export const discoveredStreams = async (
  context: Context,
): Promise<readonly string[] | undefined> => {
  const entry = entryOf(context.settings);
  if (entry === undefined) return undefined;
  const streams = await orUndefined(runsOf(context).streams(entry));
  return streams?.map(({name}) => name);
};

/** The properties of a config; undefined where spec says none. */
export const specProperties = async (context: Context): Promise<JsonObject | undefined> => {
  const entry = entryOf(context.settings);
  if (entry === undefined) return undefined;
  const specification = await orUndefined(runsOf(context).specification(entry));
  const properties = at(specification, 'connectionSpecification', 'properties');
  return isObject(properties) ? properties : undefined;
};
