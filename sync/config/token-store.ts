// Stores configs that sources changed, with new refresh tokens in place of used-up ones, in a directory with a file for each
// source and user config. Syncs of different configs can use one directory at once. Two of the same config would use the same
// refresh token, and the API would revoke it, so the second one is refused.
import {createHash, scryptSync} from 'node:crypto';
import {readdir, rename, rm, stat} from 'node:fs/promises';
import {join, resolve} from 'node:path';
import {isSame} from '../../cdk/json/canonical.ts';
import {isObject, type JsonObject} from '../../cdk/json/values.ts';
import {messageOf} from '../../process/errors.ts';
import {
  createDirectory,
  readJsonFile,
  removeTemporaryFiles,
  replaceFile,
} from '../landing/files.ts';
import {fileSafe} from '../landing/jsonl.ts';
import {type Locks, lockPathOf} from '../landing/locks.ts';
import {SyncError} from '../report/errors.ts';

/** A source's config as the user wrote it. */
export type UserConfig = {
  /** Undefined if the user gave none. */
  readonly path: string | undefined;
  readonly content: unknown;
};

/** The stored config of a source. */
export type Kept = {
  /** The config to start from; undefined if none is stored for the user's present config. */
  readonly config: JsonObject | undefined;
  /** The file of the store for this config. */
  readonly path: string;
  /** The new path of the stored file, if the user edited the config since. */
  readonly setAside: string | undefined;
  /** Resolves when the config is on disk. */
  readonly save: (config: JsonObject) => Promise<void>;
};

export type TokenStore = {
  readonly directory: string;
  readonly find: (source: string, config: UserConfig) => Promise<Kept>;
};

type Entry = {
  readonly path: string;
  /** The user's config that the source changed. Like the changed one, it may contain other secrets. */
  readonly from: unknown;
  readonly config: JsonObject;
};

const nameOf = (source: string, {path}: UserConfig): string => {
  const key = path === undefined ? '' : resolve(path);
  const hash = createHash('sha256').update(key).digest('hex').slice(0, 12);
  return `${fileSafe(source)}.${hash}.json`;
};

const isFileOf = (source: string, name: string): boolean => {
  const start = `${fileSafe(source)}.`;
  return name.startsWith(start) && /^[0-9a-f]{12}\.json$/.test(name.slice(start.length));
};

const HELP =
  'Repair it, or remove it to start from your own config again, whose refresh token may be used up. No source was started';

const load = async (path: string): Promise<Entry> => {
  const content = await readJsonFile('tokens', path).catch((error: unknown) => {
    throw error instanceof SyncError ? new SyncError(`${error.message} ${HELP}.`) : error;
  });
  const {from, config} = isObject(content) ? content : {};
  if (isObject(config)) return {path, from, config};
  throw new SyncError(
    `The tokens file ${path} was not written by a sync: it has no "config". ${HELP}.`,
  );
};

/** Fails before a source runs, rather than when a token cannot be stored. */
const assertWritable = async (directory: string): Promise<void> => {
  const entry = await stat(directory).catch(() => undefined);
  if (entry?.isFile()) {
    throw new SyncError(
      `${directory} is a file, but --tokens needs a directory, which gets a file for each source.`,
    );
  }
  await createDirectory(directory);
  const probe = join(directory, `.probe-${process.pid}`);
  await replaceFile('tokens', probe, '', 0o600);
  await rm(probe, {force: true});
};

/** The lock of a config's content. The hash is slow, because a config may hold a short password. */
const contentLock = (source: string, content: unknown): string => {
  const hash = scryptSync(JSON.stringify(content), 'headwater tokens', 9).toString('hex');
  return `.${fileSafe(source)}.${hash}.lock`;
};

/** Renames a file by the time at which it was written, so that it replaces no other file. */
const setAside = async (path: string): Promise<string> => {
  try {
    const time = (await stat(path)).mtime.toISOString().replaceAll(':', '-');
    const aside = path.replace(/\.json$/, `.set-aside.${time}.json`);
    await rename(path, aside);
    return aside;
  } catch (error) {
    throw new SyncError(
      `The config was edited, but the tokens file ${path} cannot be renamed: ${messageOf(error)}. Move it away, and run again.`,
      {cause: error},
    );
  }
};

/**
 * Opens a store for these sources, and creates it if needed.
 * @throws SyncError if it cannot be written, or has a file of one of the sources that is not valid
 */
export const openTokenStore = async (
  directory: string,
  sources: readonly string[],
  locks: Locks,
): Promise<TokenStore> => {
  await assertWritable(directory);
  const entriesOf = async (source: string): Promise<readonly Entry[]> => {
    const names = await readdir(directory);
    return Promise.all(
      names
        .filter((name) => isFileOf(source, name))
        .toSorted()
        .map((name) => load(join(directory, name))),
    );
  };
  // Fails before a source runs if a file is not valid.
  await Promise.all(sources.map(entriesOf));
  return {
    directory,
    find: async (source, userConfig) => {
      const {content} = userConfig;
      const own = join(directory, nameOf(source, userConfig));
      const isTaken = `Another sync uses the tokens of this config in ${directory}. Wait until it has ended: two at once would use the same refresh token, and the API may revoke it.`;
      const entryOf = (entries: readonly Entry[]): Entry | undefined =>
        entries.find(({path}) => path === own) ??
        // The user's file may have been moved.
        entries.find(({from}) => isSame(content, from));
      locks.hold(join(directory, contentLock(source, content)), isTaken);
      const path = entryOf(await entriesOf(source))?.path ?? own;
      locks.hold(await lockPathOf(path), isTaken);
      await removeTemporaryFiles(path);
      // Another sync may have replaced the token before it released the lock.
      const entry = entryOf(await entriesOf(source));
      const save = (config: JsonObject): Promise<void> => {
        const text = JSON.stringify({from: content, config}, null, 2);
        return replaceFile('tokens', path, `${text}\n`, 0o600);
      };
      const kept = {config: entry?.config, path, setAside: undefined, save};
      // The configs are not merged, because they could belong to two accounts.
      const isEdited = entry !== undefined && !isSame(content, entry.from);
      return isEdited ? {...kept, config: undefined, setAside: await setAside(path)} : kept;
    },
  };
};
