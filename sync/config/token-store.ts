// Configs that sources changed, with refresh tokens that took the place of used-up ones: a directory with a file for each
// source and config of the user's. No two of them share a file, so no lock is needed where several syncs use one store.
import {createHash} from 'node:crypto';
import {readdir, rename, rm, stat} from 'node:fs/promises';
import {join, resolve} from 'node:path';
import {isSame} from '../../cdk/json/canonical.ts';
import {isObject, type JsonObject} from '../../cdk/json/values.ts';
import {messageOf} from '../../process/errors.ts';
import {createDirectory, readJsonFile, replaceFile} from '../landing/files.ts';
import {fileSafe} from '../landing/jsonl.ts';
import {SyncError} from '../report/errors.ts';

/** A source's config as the user wrote it. */
export type UserConfig = {
  /** Undefined where he gave none. */
  readonly path: string | undefined;
  readonly content: unknown;
};

/** What the store has for a source. */
export type Kept = {
  /** The config to start from; undefined where nothing is kept for the user's config as it is now. */
  readonly config: JsonObject | undefined;
  /** The file for the config that the source changes from here on. */
  readonly path: string;
  /** Where what was kept is now, if the user edited his config since. */
  readonly setAside: string | undefined;
  /** Resolves once the config is safe. */
  readonly save: (config: JsonObject) => Promise<void>;
};

export type TokenStore = {
  readonly directory: string;
  readonly find: (source: string, mine: UserConfig) => Promise<Kept>;
};

type Entry = {
  readonly path: string;
  /** The user's config that the source changed. It may have other secrets in it, as the changed one has. */
  readonly from: unknown;
  readonly config: JsonObject;
};

const nameOf = (source: string, {path}: UserConfig): string => {
  const place = path === undefined ? '' : resolve(path);
  const hash = createHash('sha256').update(place).digest('hex').slice(0, 12);
  return `${fileSafe(source)}.${hash}.json`;
};

const isFileOf = (source: string, name: string): boolean => {
  const start = `${fileSafe(source)}.`;
  return name.startsWith(start) && /^[0-9a-f]{12}\.json$/.test(name.slice(start.length));
};

const HELP =
  'Repair it, or remove it to start from your own config again, whose refresh token may be used up. Nothing was run';

const load = async (path: string): Promise<Entry> => {
  const content = await readJsonFile('tokens', path).catch((error: unknown) => {
    throw error instanceof SyncError ? new SyncError(`${error.message} ${HELP}.`) : error;
  });
  const {from, config} = isObject(content) ? content : {};
  if (isObject(config)) return {path, from, config};
  throw new SyncError(
    `The tokens file ${path} is not one that a sync wrote: it has no "config". ${HELP}.`,
  );
};

/** Fails now rather than when a token can't be kept. */
const assertWritable = async (directory: string): Promise<void> => {
  const entry = await stat(directory).catch(() => undefined);
  if (entry?.isFile()) {
    throw new SyncError(
      `${directory} is a file, but --tokens takes a directory: it keeps a file for each source there.`,
    );
  }
  await createDirectory(directory);
  const probe = join(directory, `.probe-${process.pid}`);
  await replaceFile('tokens', probe, '', 0o600);
  await rm(probe, {force: true});
};

/** Moves a file out of the way under the time at which it was written, so that no other one has the name. */
const setAside = async (path: string): Promise<string> => {
  try {
    const time = (await stat(path)).mtime.toISOString().replaceAll(':', '-');
    const aside = path.replace(/\.json$/, `.set-aside.${time}.json`);
    await rename(path, aside);
    return aside;
  } catch (error) {
    throw new SyncError(
      `The config was edited, but the tokens file ${path} can't be set aside: ${messageOf(error)}. Move it away, and run again.`,
      {cause: error},
    );
  }
};

/**
 * Opens a store for these sources, and makes it if it is not there.
 * @throws SyncError where it can't be written, or holds something for one of them that can't be understood
 */
export const openTokenStore = async (
  directory: string,
  sources: readonly string[],
): Promise<TokenStore> => {
  await assertWritable(directory);
  const names = await readdir(directory);
  const entriesOf = async (source: string): Promise<readonly Entry[]> =>
    Promise.all(
      names
        .filter((name) => isFileOf(source, name))
        .toSorted()
        .map((name) => load(join(directory, name))),
    );
  const entries = new Map(
    await Promise.all(sources.map(async (source) => [source, await entriesOf(source)] as const)),
  );
  return {
    directory,
    find: async (source, mine) => {
      const own = join(directory, nameOf(source, mine));
      const all = entries.get(source) ?? [];
      const entry =
        all.find(({path}) => path === own) ??
        // The file of the config was moved.
        all.find(({from}) => isSame(mine.content, from));
      const path = entry?.path ?? own;
      const save = (config: JsonObject): Promise<void> => {
        const text = JSON.stringify({from: mine.content, config}, null, 2);
        return replaceFile('tokens', path, `${text}\n`, 0o600);
      };
      const kept = {config: entry?.config, path, setAside: undefined, save};
      // A mixture of both configs could belong to two accounts.
      const isEdited = entry !== undefined && !isSame(mine.content, entry.from);
      return isEdited ? {...kept, config: undefined, setAside: await setAside(path)} : kept;
    },
  };
};
