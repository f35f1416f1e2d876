// The first half of a source's run: its config, its state, and which streams it has.
import {join} from 'node:path';
import {type Offer, readOffer} from './catalog.ts';
import {type Answer, converse} from './conversation.ts';
import {userMessage} from './errors.ts';
import {readJsonFile, replaceFile} from './files.ts';
import {isObject, type JsonObject} from './json.ts';
import {fileSafe} from './jsonl.ts';
import type {Ending} from './program.ts';
import {openStateFile, type StateFile} from './state-file.ts';
import type {Inputs, Job, World} from './world.ts';

/** A source that is ready to be read. */
export type ConnectedSource = {
  readonly job: Job;
  readonly offer: Offer;
  readonly config: ConfigFile;
  readonly state: StateFile;
};

type ConfigFile = {
  /** The file that holds it now. */
  readonly path: () => string;
  /** Keeps a config that the source changed; from here on it is the one that works. */
  readonly replace: (config: JsonObject) => Promise<void>;
};

/** What a command that failed without saying why leaves to be said. */
export const endMessage = (command: string, {words, stderr}: Ending): string =>
  stderr.length === 0
    ? `Its ${command} ${words}, without saying why.`
    : `Its ${command} ${words}. The last it printed on stderr:\n${stderr.join('\n')}`;

const openConfigFile = (path: string, {name}: Job, {directory, say}: World): ConfigFile => {
  let current = path;
  return {
    path: () => current,
    replace: async (config) => {
      const changed = join(directory, `${fileSafe(name)}.config.json`);
      // It holds secrets.
      await replaceFile('config', changed, `${JSON.stringify(config, null, 2)}\n`, 0o600);
      current = changed;
      say(
        name,
        'warn',
        `The source changed its config. The new one is in ${changed}: use it from now on, the old one may no longer work.`,
      );
    },
  };
};

/** Runs a command that answers with one message; undefined where it does not, and then the tally says why. */
const ask = async <T>(
  job: Job,
  args: readonly string[],
  world: World,
  answerIn: (answer: Answer) => T | undefined | Promise<undefined>,
): Promise<T | undefined> => {
  let found: T | undefined;
  const [command = ''] = args;
  const {ending, explained} = await converse(job, args, world, async (answer) => {
    found = (await answerIn(answer)) ?? found;
  });
  if (found !== undefined && ending.ok) return found;
  if (!explained && !world.stop.soon.aborted) {
    const message = ending.ok
      ? `Its ${command} printed no answer. Is ${job.path} an Airbyte source?`
      : endMessage(command, ending);
    job.tally.problem({message});
  }
  return undefined;
};

const needsConfig = ({name, path}: Job, required: readonly unknown[]): string =>
  `It needs a config with ${required.join(', ')}. Write these into a JSON file and pass it with --config ${name}=${name}.json; \`${path} spec\` describes all of it.`;

/** The path of the config: the user's, or an empty one where the spec demands nothing. */
const findConfig = async (job: Job, world: World, inputs: Inputs): Promise<string | undefined> => {
  if (job.config !== undefined) {
    await readJsonFile('config', job.config);
    return job.config;
  }
  const spec = await ask(job, ['spec'], world, (answer) =>
    answer.type === 'SPEC' ? answer.spec : undefined,
  );
  if (spec === undefined) return undefined;
  const schema = spec['connectionSpecification'];
  const required = isObject(schema) ? schema['required'] : undefined;
  if (Array.isArray(required) && required.length > 0) {
    job.tally.problem({message: needsConfig(job, required), failureType: 'config_error'});
    return undefined;
  }
  return await inputs.write(`${fileSafe(job.name)}.config.json`, {});
};

const connect = async (
  job: Job,
  world: World,
  inputs: Inputs,
): Promise<ConnectedSource | undefined> => {
  const state = await openStateFile(job.state);
  if (state.exists()) job.tally.stateIn(state.path);
  const path = await findConfig(job, world, inputs);
  if (path === undefined) return undefined;
  const config = openConfigFile(path, job, world);
  const streams = await ask(job, ['discover', '--config', path], world, (answer) => {
    if (answer.type === 'CONFIG') return config.replace(answer.config).then(() => undefined);
    return answer.type === 'CATALOG' ? answer.streams : undefined;
  });
  return streams && {job, offer: readOffer(job.name, streams), config, state};
};

/** Gets a source ready. Never rejects: undefined where it can't be read, and then its tally says why. */
export const connectSource = async (
  job: Job,
  world: World,
  inputs: Inputs,
): Promise<ConnectedSource | undefined> => {
  const connected = await connect(job, world, inputs).catch((error: unknown) => {
    job.tally.problem({message: userMessage(error)});
    return undefined;
  });
  if (connected === undefined) job.tally.end(world.stop.soon.aborted ? 'stopped' : 'failed');
  return connected;
};
