import {readFile, stat} from 'node:fs/promises';
import {ConfigError, messageOf, SystemError} from '../errors.ts';
import {isObject} from '../json/values.ts';
import {decodeUtf8, nothingToClose, type OpenStore} from './store.ts';

/** No secret is that long: a larger file must be a mistake. */
const MAX_BYTES = 1024 ** 2;

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file: mount it where the source runs',
  ENOTDIR: 'there is no such file: a part of its path is not a directory',
  EACCES: 'this user may not read the file',
  ELOOP: 'its symbolic links form a loop',
};

/** Reads `code`, because `instanceof` fails for an error of another realm, as in tests. */
const fileError = (error: unknown): Error => {
  const reason = REASONS[isObject(error) ? String(error['code']) : ''];
  return reason === undefined
    ? new SystemError(`the file can't be read: ${messageOf(error)}`)
    : new ConfigError(reason);
};

const read = async (path: string, signal: AbortSignal): Promise<Uint8Array> => {
  const entry = await stat(path);
  // A pipe may never send anything, and a device may never end.
  if (!entry.isFile()) throw new ConfigError('it is not a file');
  if (entry.size > MAX_BYTES) {
    throw new ConfigError(`the file has ${entry.size} bytes, which is too large for a secret`);
  }
  return await readFile(path, {signal});
};

/** `file:/run/secrets/x`, as mounted by Docker, Kubernetes and systemd. A final newline, which editors add, is dropped. */
export const openFile: OpenStore = () => ({
  fetch: async (path, signal) => {
    const bytes = await read(path, signal).catch((error: unknown) => {
      throw error instanceof ConfigError ? error : fileError(error);
    });
    return decodeUtf8(bytes).replace(/\r?\n$/, '');
  },
  close: nothingToClose,
});
