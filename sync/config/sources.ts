// Finds the program of a source by its name or path.
import {access, constants, readdir, realpath, stat} from 'node:fs/promises';
import {basename, dirname, extname, join, relative, resolve} from 'node:path';
import {UsageError} from '../../process/errors.ts';

export type SourceProgram = {
  readonly name: string;
  readonly path: string;
  /** The same for all paths of the program: links, and for our own sources other checkouts. */
  readonly program: string;
};

const HOME = join(import.meta.dirname, '../../sources');

const programOf = (name: string): string => join(HOME, name, 'main.ts');

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (entry) => entry.isFile(),
    () => false,
  );

const isExecutable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );

const ownSources = async (): Promise<readonly string[]> => {
  const names = await readdir(HOME).catch(() => []);
  const found = await Promise.all(names.map((name) => isFile(programOf(name))));
  return names.filter((_, index) => found[index]).sort();
};

/** Names `/opt/source-x/main.py` source-x, and `./tap.sh` tap. */
const nameOf = (path: string): string => {
  const stem = basename(path, extname(path));
  return stem === 'main' ? basename(dirname(path)) : stem;
};

const programIdentity = async (path: string): Promise<string> => {
  const real = await realpath(path);
  const own = /^([^/]+)\/main\.ts$/.exec(relative(await realpath(HOME), real));
  return own === null ? real : `headwater ${own[1]}`;
};

/** @param given the name of one of our sources, or the path of any executable */
export const findSource = async (given: string): Promise<SourceProgram> => {
  if (!given.includes('/')) {
    const names = await ownSources();
    if (names.includes(given)) {
      const path = programOf(given);
      return {name: given, path, program: await programIdentity(path)};
    }
    throw new UsageError(
      `There is no source ${given}. There are: ${names.join(', ')}. For your own program give its path, such as ./${given}.`,
    );
  }
  const path = resolve(given);
  if (!(await isFile(path))) throw new UsageError(`There is no program ${given}.`);
  if (!(await isExecutable(path))) {
    throw new UsageError(`The program ${given} is not executable: chmod +x it.`);
  }
  return {name: nameOf(path), path, program: await programIdentity(path)};
};
