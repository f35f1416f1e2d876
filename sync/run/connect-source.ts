// The first half of a source's run: its config, its state, and which streams it has.
import {join} from 'node:path';
import {isObject, type JsonObject} from '../../cdk/json/values.ts';
import type {Kept, TokenStore, UserConfig} from '../config/token-store.ts';
import {readJsonFile, replaceFile} from '../landing/files.ts';
import {fileSafe} from '../landing/jsonl.ts';
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

type ConfigFile = {
  /** The file that holds it now. */
  readonly path: () => string;
  /** Keeps a config that the source changed; from here on it is the one that works. */
  readonly replace: (config: JsonObject) => Promise<void>;
};

/** The message about a command that failed without a reason of its own. */
export const endMessage = (command: string, {words, stderr}: Ending): string =>
  stderr.length === 0
    ? `Its ${command} ${words}, without saying why.`
    : `Its ${command} ${words}. The last it printed on stderr:\n${stderr.join('\n')}`;

/** Keeps a changed config beside the data; returns its path. */
const keepBeside = async (
  config: JsonObject,
  {name}: Job,
  {directory}: Context,
): Promise<string> => {
  const path = join(directory, `${fileSafe(name)}.config.json`);
  // It holds secrets.
  await replaceFile('config', path, `${JSON.stringify(config, null, 2)}\n`, 0o600);
  return path;
};

/** A config that can't be kept where it should be ends the source, and is not lost if it can be helped. */
const rescue = async (
  error: unknown,
  config: JsonObject,
  job: Job,
  context: Context,
): Promise<never> => {
  const path = await keepBeside(config, job, context).catch(() => undefined);
  const outcome =
    path === undefined
      ? 'What it changed is lost: if the next run is refused, authorize again.'
      : `The config it changed is in ${path}: use that one, the old one may no longer work.`;
  throw new SyncError(`${userMessage(error)} The source was stopped. ${outcome}`, {cause: error});
};

/** The config of a source that is kept in a store, or beside the data where the user named no store. */
const openConfigFile = (
  start: string,
  kept: Kept | undefined,
  job: Job,
  context: Context,
  inputs: Inputs,
): ConfigFile => {
  let current = start;
  const tell = (text: string): void =>
    context.log(job.name, 'warn', `The source changed its config. ${text}`);
  return {
    path: () => current,
    replace: async (config) => {
      if (kept === undefined) {
        current = await keepBeside(config, job, context);
        return tell(
          `The new one is in ${current}: use it from now on, the old one may no longer work. With --tokens <directory> the next run finds it by itself.`,
        );
      }
      await kept.save(config).catch((error: unknown) => rescue(error, config, job, context));
      current = await inputs.write(`${fileSafe(job.name)}.config.json`, config);
      tell(`The new one is kept in ${kept.path}: the next run with --tokens starts from it.`);
    },
  };
};

/** Runs a command that responds with one message; undefined where it does not, and then the tally says why. */
const runForResult = async <T>(
  job: Job,
  args: readonly string[],
  context: Context,
  answerIn: (answer: DataMessage) => T | undefined | Promise<undefined>,
): Promise<T | undefined> => {
  let found: T | undefined;
  const [command = ''] = args;
  const {ending, explained} = await runSession(job, args, context, async (answer) => {
    found = (await answerIn(answer)) ?? found;
  });
  if (found !== undefined && ending.ok) return found;
  if (!explained && !context.stop.soon.aborted) {
    const message = ending.ok
      ? `Its ${command} printed no answer. Is ${job.path} an Airbyte source?`
      : endMessage(command, ending);
    job.tally.problem({message});
  }
  return undefined;
};

const needsConfig = ({name, path}: Job, required: readonly unknown[]): string =>
  `It needs a config with ${required.join(', ')}. Write these into a JSON file and pass it with --config ${name}=${name}.json; \`${path} spec\` describes all of it.`;

/** The config: the user's, or an empty one where the spec demands nothing. */
const findConfig = async (job: Job, context: Context): Promise<UserConfig | undefined> => {
  if (job.config !== undefined) {
    return {path: job.config, content: await readJsonFile('config', job.config)};
  }
  const spec = await runForResult(job, ['spec'], context, (answer) =>
    answer.type === 'SPEC' ? answer.spec : undefined,
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

/** Where a source starts from: what it changed in an earlier run, unless the user edited his config since. */
const startFrom = async (
  mine: UserConfig,
  job: Job,
  context: Context,
  inputs: Inputs,
  tokens: TokenStore | undefined,
): Promise<ConfigFile> => {
  const kept = await tokens?.find(job.name, mine);
  if (kept?.config !== undefined) {
    const text = `Starts from the config that it changed in an earlier run, kept in ${kept.path}.`;
    context.log(job.name, 'info', text);
  }
  if (kept?.setAside !== undefined) {
    const text = `The config ${mine.path ?? '{}'} was edited after the source had changed it, so it is used as it is. What the source changed is set aside in ${kept.setAside}: if the source refuses a token of yours, copy the one from there.`;
    context.log(job.name, 'warn', text);
  }
  const content = kept?.config ?? (mine.path === undefined ? mine.content : undefined);
  const path =
    content === undefined
      ? (mine.path ?? '')
      : await inputs.write(`${fileSafe(job.name)}.config.json`, content);
  return openConfigFile(path, kept, job, context, inputs);
};

const connect = async (
  job: Job,
  context: Context,
  inputs: Inputs,
  tokens: TokenStore | undefined,
): Promise<ConnectedSource | undefined> => {
  const state = await openStateFile(job.state);
  if (state.exists()) job.tally.stateIn(state.path);
  const mine = await findConfig(job, context);
  if (mine === undefined) return undefined;
  const config = await startFrom(mine, job, context, inputs, tokens);
  const streams = await runForResult(
    job,
    ['discover', '--config', config.path()],
    context,
    (answer) => {
      if (answer.type === 'CONFIG') return config.replace(answer.config).then(() => undefined);
      return answer.type === 'CATALOG' ? answer.streams : undefined;
    },
  );
  return streams && {job, catalog: readCatalog(job.name, streams), config, state};
};

/** Gets a source ready. Never rejects: undefined where it can't be read, and then its tally says why. */
export const connectSource = async (
  job: Job,
  context: Context,
  inputs: Inputs,
  tokens: TokenStore | undefined,
): Promise<ConnectedSource | undefined> => {
  const connected = await connect(job, context, inputs, tokens).catch((error: unknown) => {
    job.tally.problem({message: userMessage(error)});
    return undefined;
  });
  if (connected === undefined) job.tally.end(context.stop.soon.aborted ? 'stopped' : 'failed');
  return connected;
};
