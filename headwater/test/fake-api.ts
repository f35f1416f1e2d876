// The fake API of a source, as a program.
import {access} from 'node:fs/promises';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {startChild} from '../../process/child.ts';
import {UsageError} from '../../process/errors.ts';

export type FakeApi = {
  /** Its address, such as `http://127.0.0.1:43210`. */
  readonly url: string;
  readonly stop: () => Promise<void>;
};

/**
 * Starts `sources/<source>/fake-api/main.ts` on a free port. Resolves to undefined if the source has no fake API.
 * @param switches such as `--throttle=50`
 */
export const startFakeApi = async (
  root: string,
  source: string,
  switches: readonly string[],
): Promise<FakeApi | undefined> => {
  const main = join(root, 'sources', source, 'fake-api/main.ts');
  const exists = await access(main).then(
    () => true,
    () => false,
  );
  if (!exists) return undefined;
  const child = await startChild(process.execPath, [main, '--port', '0', ...switches], {
    guarded: true,
  });
  child.stderr.on('data', (chunk) => process.stderr.write(chunk));
  const lines = createInterface(child.stdout);
  const url = await new Promise<string | undefined>((resolve) => {
    lines.once('line', resolve).once('close', () => resolve(undefined));
  });
  if (url === undefined) {
    throw new UsageError(`The fake API ${main} ended before it printed its URL.`);
  }
  // The rest of its output is read and dropped: a full pipe would stop it.
  return {
    url,
    stop: async () => {
      child.end();
      await child.ended;
    },
  };
};
