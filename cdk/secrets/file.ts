import {readFile, stat} from 'node:fs/promises';
import {ConfigError, messageOf, SystemError} from '../errors.ts';
import {isObject} from '../json/values.ts';
import {decodeUtf8, nothingToClose, type OpenStore} from './store.ts';

/** No secret is that long: whoever names a larger file means another one. */
const MAX_BYTES = 1024 ** 2;

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file: mount it where the source runs',
  ENOTDIR: 'there is no such file: a part of its path is no directory',
  EACCES: 'this user may not read the file',
  ELOOP: 'its links lead in a circle',
};

/** By `code`, not `instanceof`: an error of another realm, as in tests, is an Error all the same. */
const fileError = (error: unknown): Error => {
  const reason = REASONS[isObject(error) ? String(error['code']) : ''];
  return reason === undefined
    ? new SystemError(`the file can't be read: ${messageOf(error)}`)
    : new ConfigError(reason);
};

const read = async (path: string, signal: AbortSignal): Promise<Uint8Array> => {
  const entry = await stat(path);
  // A pipe may never say anything, and a device never end.
  if (!entry.isFile()) throw new ConfigError('it is no file');
  if (entry.size > MAX_BYTES) {
    throw new ConfigError(`the file has ${entry.size} bytes, which is no secret`);
  }
  return await readFile(path, {signal});
};

/** `file:/run/secrets/x`: what Docker, Kubernetes and systemd mount. The newline that editors put at the end is dropped. */
export const openFile: OpenStore = () => ({
  fetch: async (path, signal) => {
    const bytes = await read(path, signal).catch((error: unknown) => {
      throw error instanceof ConfigError ? error : fileError(error);
    });
    const text = decodeUtf8(bytes);
    if (text !== undefined) return text.replace(/\r?\n$/, '');
    throw new ConfigError('the file is no text in UTF-8');
  },
  close: nothingToClose,
});
