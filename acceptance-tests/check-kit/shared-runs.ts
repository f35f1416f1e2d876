// Runs of a connector that checks share: each is made once. Configs that the connector changes are saved.

import {readdirSync} from 'node:fs';
import {mkdir, writeFile} from 'node:fs/promises';
import {basename, dirname, extname, join} from 'node:path';
import {objectAt} from '../../cdk/json/at.ts';
import {canonical} from '../../cdk/json/canonical.ts';
import {printExact} from '../../cdk/json/exact.ts';
import {isObject, type JsonObject} from '../../cdk/json/values.ts';
import {readJson} from '../config/read-file.ts';
import type {CallStyle, Run} from '../connectors/connector.ts';
import {messagesOf, type Stream, streamsOf} from '../protocol/messages.ts';
import type {Context} from './check.ts';

/** A check cannot run because of a failure that another check reports. */
export class Unavailable extends Error {}

/** The fields of the entries of all suites. */
export interface EntryLike {
  readonly configPath: string;
  readonly timeout: number;
  readonly deploymentMode: 'cloud' | 'oss' | undefined;
}

export interface Runs {
  /** The config of an entry, with the latest changes of the connector. */
  readonly config: (entry: EntryLike) => Promise<unknown>;
  readonly spec: (entry: EntryLike) => Promise<Run>;
  readonly check: (entry: EntryLike) => Promise<Run>;
  readonly discover: (entry: EntryLike) => Promise<Run>;
  /** The `nth` read with the same inputs, from 0. */
  readonly read: (entry: EntryLike, inputs: ReadInputs, nth?: number) => Promise<Run>;
  /** The SPEC of `spec`; throws Unavailable if there is not exactly one. */
  readonly specification: (entry: EntryLike) => Promise<JsonObject>;
  /** The streams of `discover`; throws Unavailable if it does not print one CATALOG with unique streams. */
  readonly streams: (entry: EntryLike) => Promise<readonly Stream[]>;
}

export interface ReadInputs {
  readonly catalog: unknown;
  readonly state?: unknown;
}

/** Saved beside the config like by Airbyte's own acceptance tests: `<name>|<milliseconds>.json`. */
const updatesOf = (path: string) => {
  const extension = extname(path);
  const folder = join(dirname(path), 'updated_configurations');
  const prefix = `${basename(path, extension)}|`;
  return {folder, prefix, extension};
};

/** The newest config that was saved for a connector; the config itself if there is no such file. */
const newestConfig = (path: string): string => {
  const {folder, prefix, extension} = updatesOf(path);
  try {
    const names = readdirSync(folder).filter(
      (name) => name.startsWith(prefix) && name.endsWith(extension),
    );
    const newest = names.sort().at(-1);
    return newest === undefined ? path : join(folder, newest);
  } catch {
    return path;
  }
};

/** Saves the config of a CONTROL message. It is used from then on: a token in the old one may no longer work. */
const keepUpdate = async (path: string, config: JsonObject): Promise<void> => {
  const {folder, prefix, extension} = updatesOf(path);
  await mkdir(folder, {recursive: true});
  await writeFile(join(folder, `${prefix}${Date.now()}${extension}`), printExact(config), {
    mode: 0o600,
  });
};

export const callStyleOf = ({timeout, deploymentMode}: EntryLike): CallStyle => ({
  timeout,
  ...(deploymentMode && {environment: {DEPLOYMENT_MODE: deploymentMode.toUpperCase()}}),
});

const makeRuns = ({connector}: Context): Runs => {
  const made = new Map<string, Promise<Run>>();
  const configs = new Map<string, Promise<unknown>>();

  const config = ({configPath}: EntryLike): Promise<unknown> => {
    const known = configs.get(configPath) ?? readJson(newestConfig(configPath));
    configs.set(configPath, known);
    return known;
  };

  const once = (key: unknown, run: () => Promise<Run>): Promise<Run> => {
    const text = canonical(key);
    const known = made.get(text) ?? run();
    made.set(text, known);
    return known;
  };

  const configured = async (
    command: 'check' | 'discover' | 'read',
    entry: EntryLike,
    inputs: ReadInputs | Record<string, never> = {},
  ): Promise<Run> => {
    const given = await config(entry);
    const run = await connector.run(command, {config: given, ...inputs}, callStyleOf(entry));
    const update = messagesOf(run, 'CONTROL').at(-1);
    const changed = objectAt(update?.payload['connectorConfig'])['config'];
    if (isObject(changed) && canonical(changed) !== canonical(given)) {
      await keepUpdate(entry.configPath, changed);
      configs.set(entry.configPath, Promise.resolve(changed));
    }
    return run;
  };

  const keyOfEntry = ({configPath, deploymentMode}: EntryLike) => ({configPath, deploymentMode});
  const spec = (entry: EntryLike) =>
    once({command: 'spec', mode: entry.deploymentMode}, () =>
      connector.run('spec', {}, callStyleOf(entry)),
    );
  const discover = (entry: EntryLike) =>
    once({command: 'discover', ...keyOfEntry(entry)}, () => configured('discover', entry));

  const only = (run: Run, type: 'SPEC' | 'CATALOG', owner: string): JsonObject => {
    const [message, ...others] = messagesOf(run, type);
    if (message !== undefined && others.length === 0) return message.payload;
    throw new Unavailable(`it needs the output of \`${run.command}\`: see ${owner}`);
  };
  return {
    config,
    spec,
    discover,
    check: (entry) =>
      once({command: 'check', ...keyOfEntry(entry)}, () => configured('check', entry)),
    read: (entry, inputs, nth = 0) =>
      once({command: 'read', ...keyOfEntry(entry), ...inputs, nth}, () =>
        configured('read', entry, inputs),
      ),
    specification: async (entry) => only(await spec(entry), 'SPEC', 'spec.test_spec'),
    streams: async (entry) => {
      const streams = streamsOf(only(await discover(entry), 'CATALOG', 'discovery.test_discover'));
      if (new Set(streams.map(({key}) => key)).size === streams.length) return streams;
      // It is not defined what a read of two streams with one name returns.
      throw new Unavailable('it needs streams with unique names: see discovery.test_discover');
    },
  };
};

const known = new WeakMap<Context, Runs>();

/** The runs of a context, shared by all of its checks. */
export const runsOf = (context: Context): Runs => {
  const runs = known.get(context) ?? makeRuns(context);
  known.set(context, runs);
  return runs;
};
