// The first half of a source's run: finds its config, its state and its streams.
import {mkdir} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {isObject, type JsonObject} from '../../cdk/json/values.ts';
import {differences, nextOwner, type Owner, ownerOf, withChangedConfig} from '../config/account.ts';
import type {Kept, TokenStore, UserConfig} from '../config/token-store.ts';
import {readJsonFile, removeTemporaryFiles, replaceFile} from '../landing/files.ts';
import {fileSafe} from '../landing/jsonl.ts';
import {cutHalfLines, sourceLock} from '../landing/leftovers.ts';
import {type Locks, lockPathOf} from '../landing/locks.ts';
import {openStateFile, type StateFile} from '../landing/state-file.ts';
import {type Catalog, readCatalog} from '../protocol/catalog.ts';
import {SyncError, userMessage} from '../report/errors.ts';
import type {Context, Inputs, Job} from './context.ts';
import {type DataMessage, runSession} from './session.ts';
import type {Ending} from './source-process.ts';

/** A source that is ready to be read. */
export type ConnectedSource = {
  readonly job: Job;
  readonly catalog: Catalog;
  readonly config: ConfigFile;
  readonly state: StateFile;
};

/** Files and locks that the sources of a run share. */
export type Resources = {
  readonly inputs: Inputs;
  readonly tokens: TokenStore | undefined;
  readonly locks: Locks;
};

type ConfigFile = {
  /** The path of the present config. */
  readonly path: () => string;
  /** Stores a config that the source changed, and uses it from now on. */
  readonly replace: (config: JsonObject) => Promise<void>;
};

/** The message about a command that failed without reporting an error. */
export const endMessage = (command: string, {words, stderr}: Ending): string =>
  stderr.length === 0
    ? `Its ${command} ${words}, without an error message.`
    : `Its ${command} ${words}. The end of its stderr:\n${stderr.join('\n')}`;

/** Saves a changed config beside the data; returns its path. */
const keepBeside = async (
  config: JsonObject,
  {name}: Job,
  {directory}: Context,
): Promise<string> => {
  const path = join(directory, `${fileSafe(name)}.config.json`);
  // It contains secrets.
  await replaceFile('config', path, `${JSON.stringify(config, null, 2)}\n`, 0o600);
  return path;
};

/** Saves a config beside the data if the store cannot be written, and throws an error that ends the source. */
const rescue = async (
  error: unknown,
  config: JsonObject,
  job: Job,
  context: Context,
): Promise<never> => {
  const path = await keepBeside(config, job, context).catch(() => undefined);
  const outcome =
    path === undefined
      ? 'The changed config is lost: if the API rejects the next run, authorize again.'
      : `The changed config is in ${path}: use that one, the old one may no longer work.`;
  throw new SyncError(`${userMessage(error)} The source was stopped. ${outcome}`, {cause: error});
};

/** Opens the config of a source. Changes are saved in the store, or beside the data if the user named no store. */
const openConfigFile = (
  start: string,
  kept: Kept | undefined,
  job: Job,
  context: Context,
  inputs: Inputs,
): ConfigFile => {
  let current = start;
  const warn = (text: string): void =>
    context.log(job.name, 'warn', `The source changed its config. ${text}`);
  return {
    path: () => current,
    replace: async (config) => {
      if (kept === undefined) {
        current = await keepBeside(config, job, context);
        return warn(
          `The new one is in ${current}: use it from now on, the old one may no longer work. With --tokens <directory> the next run finds it by itself.`,
        );
      }
      await kept.save(config).catch((error: unknown) => rescue(error, config, job, context));
      current = await inputs.write(`${fileSafe(job.name)}.config.json`, config);
      warn(`The new one is stored in ${kept.path}: the next run with --tokens starts from it.`);
    },
  };
};

/** Runs a command that has one result. Undefined if it has none; the tally then has the reason. */
const runForResult = async <T>(
  job: Job,
  args: readonly string[],
  context: Context,
  resultIn: (message: DataMessage) => T | undefined | Promise<undefined>,
): Promise<T | undefined> => {
  let found: T | undefined;
  const [command = ''] = args;
  const {ending, explained} = await runSession(job, args, context, async (message) => {
    found = (await resultIn(message)) ?? found;
  });
  if (found !== undefined && ending.ok) return found;
  if (!explained && !context.stop.soon.aborted) {
    const message = ending.ok
      ? `Its ${command} printed no result. Is ${job.path} an Airbyte source?`
      : endMessage(command, ending);
    job.tally.problem({message});
  }
  return undefined;
};

const needsConfig = ({name, path}: Job, required: readonly unknown[]): string =>
  `It needs a config with ${required.join(', ')}. Write these into a JSON file and pass it with --config ${name}=${name}.json; \`${path} spec\` describes all of it.`;

/** The user's config, or an empty one if the spec requires no field. */
const findConfig = async (job: Job, context: Context): Promise<UserConfig | undefined> => {
  if (job.config !== undefined) {
    return {path: job.config, content: await readJsonFile('config', job.config)};
  }
  const spec = await runForResult(job, ['spec'], context, (message) =>
    message.type === 'SPEC' ? message.spec : undefined,
  );
  if (spec === undefined) return undefined;
  const schema = spec['connectionSpecification'];
  const required = isObject(schema) ? schema['required'] : undefined;
  if (Array.isArray(required) && required.length > 0) {
    job.tally.problem({message: needsConfig(job, required), failureType: 'config_error'});
    return undefined;
  }
  return {path: undefined, content: {}};
};

/** Chooses the config to start from: the one that the source changed in an earlier run, unless the user edited theirs since. */
const startFrom = async (
  userConfig: UserConfig,
  job: Job,
  context: Context,
  inputs: Inputs,
  tokens: TokenStore | undefined,
): Promise<ConfigFile> => {
  const kept = await tokens?.find(job.name, userConfig);
  if (kept?.config !== undefined) {
    const text = `Starts from the config that it changed in an earlier run, stored in ${kept.path}.`;
    context.log(job.name, 'info', text);
  }
  if (kept?.setAside !== undefined) {
    const text = `The config ${userConfig.path ?? '{}'} was edited after the source had changed it, so it is used unchanged. The config that the source changed was moved to ${kept.setAside}: if the API rejects your token, copy the one from there.`;
    context.log(job.name, 'warn', text);
  }
  const content = kept?.config ?? (userConfig.path === undefined ? userConfig.content : undefined);
  const path =
    content === undefined
      ? (userConfig.path ?? '')
      : await inputs.write(`${fileSafe(job.name)}.config.json`, content);
  return openConfigFile(path, kept, job, context, inputs);
};

const refusal = (
  {name}: Job,
  {path}: StateFile,
  found: readonly string[],
  {directory}: Context,
): SyncError =>
  new SyncError(
    `The state ${path} may belong to another account: ${found.join('; ')}. Records of this account that are older than that state would never be read, so nothing was read. To keep both, sync this account into a directory of its own: --to jsonl:${directory}-2. To start again, move ${path} and the data of ${name} away. If it is the same account with a new key, or the program has moved, run once with --adopt-state.`,
  );

/** Claims the state for the account of this config. Throws if it belongs to another one. */
const claimState = async (
  state: StateFile,
  job: Job,
  config: unknown,
  context: Context,
): Promise<Owner> => {
  const before = state.owner();
  const owner = await ownerOf({name: job.name, program: job.program ?? job.path}, config, before);
  const found = before === undefined ? [] : differences(before, owner);
  if (found.length > 0 && !context.adoptState) throw refusal(job, state, found, context);
  const claimed = nextOwner(before, owner);
  state.claim(claimed);
  return claimed;
};

/** Lets the next run start from a config that the source changed. */
const followChanges = (config: ConfigFile, state: StateFile, owner: Owner): ConfigFile => ({
  ...config,
  replace: async (changed) => {
    state.claim(await withChangedConfig(owner, changed));
    await config.replace(changed);
    if (state.exists()) await state.save([]);
  },
});

/** Keeps other syncs away from the files of this source, and clears what a killed one left. */
const takeFiles = async (job: Job, {directory, log}: Context, locks: Locks): Promise<void> => {
  const stem = fileSafe(job.name);
  locks.hold(
    join(directory, sourceLock(stem)),
    `Another sync of ${job.name} into ${directory} is running. Wait until it has ended, or give this one a --to directory of its own.`,
  );
  await mkdir(dirname(job.state), {recursive: true});
  locks.hold(
    await lockPathOf(job.state),
    `Another sync that keeps its state in ${job.state} is running. Wait until it has ended, or give this one a --state file of its own.`,
  );
  await removeTemporaryFiles(job.state);
  await removeTemporaryFiles(join(directory, `${stem}.config.json`));
  await cutHalfLines(directory, stem, locks, (path, bytes) =>
    log(
      job.name,
      'info',
      `cut half a line (${bytes} bytes) off the end of ${path}, which a run that was killed had left; its record is read again.`,
    ),
  );
};

const connect = async (
  job: Job,
  context: Context,
  {inputs, tokens, locks}: Resources,
): Promise<ConnectedSource | undefined> => {
  await takeFiles(job, context, locks);
  const state = await openStateFile(job.state);
  if (state.exists()) job.tally.stateIn(state.path);
  const userConfig = await findConfig(job, context);
  if (userConfig === undefined) return undefined;
  const owner = await claimState(state, job, userConfig.content, context);
  const config = followChanges(
    await startFrom(userConfig, job, context, inputs, tokens),
    state,
    owner,
  );
  const streams = await runForResult(
    job,
    ['discover', '--config', config.path()],
    context,
    (message) => {
      if (message.type === 'CONFIG') return config.replace(message.config).then(() => undefined);
      return message.type === 'CATALOG' ? message.streams : undefined;
    },
  );
  return streams && {job, catalog: readCatalog(job.name, streams), config, state};
};

/** Prepares a source. Never rejects: undefined if it cannot be read; its tally then has the reason. */
export const connectSource = async (
  job: Job,
  context: Context,
  resources: Resources,
): Promise<ConnectedSource | undefined> => {
  const connected = await connect(job, context, resources).catch((error: unknown) => {
    job.tally.problem({message: userMessage(error)});
    return undefined;
  });
  if (connected === undefined) job.tally.end(context.stop.soon.aborted ? 'stopped' : 'failed');
  return connected;
};
