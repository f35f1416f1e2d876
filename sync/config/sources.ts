// Finds the program of a source by its name or path.
import {access, constants, realpath, stat} from 'node:fs/promises';
import {basename, dirname, extname, join, relative, resolve} from 'node:path';
import {UsageError} from '../../process/errors.ts';
import {KIT, manifestOf, projectAbove, sourcesOf} from '../../process/project.ts';

export type SourceProgram = {
  readonly name: string;
  readonly path: string;
  /** The same for all paths of the program: links, and for sources of a repository other checkouts of it. */
  readonly program: string;
};

/** The repository of connectors around the working directory, or else the checkout of this program itself. */
const home = (): string => projectAbove(process.cwd()) ?? KIT;

const programOf = (name: string): string => join(home(), 'sources', name, 'main.ts');

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
  const names = await sourcesOf(home());
  const found = await Promise.all(names.map((name) => isFile(programOf(name))));
  return names.filter((_, index) => found[index]);
};

/** Names `/opt/source-x/main.py` source-x, and `./tap.sh` tap. */
const nameOf = (path: string): string => {
  const stem = basename(path, extname(path));
  return stem === 'main' ? basename(dirname(path)) : stem;
};

/** A source of a repository is the same in each checkout of it. */
const programIdentity = async (path: string): Promise<string> => {
  const real = await realpath(path);
  const root = projectAbove(dirname(real));
  const own = /^sources\/([^/]+)\/main\.ts$/.exec(root === undefined ? '' : relative(root, real));
  return root === undefined || own === null ? real : `${(await manifestOf(root)).name} ${own[1]}`;
};

const programAt = async (name: string, path: string): Promise<SourceProgram> => ({
  name,
  path,
  program: await programIdentity(path),
});

/** The folder of one source that holds this folder: it has a program and a spec. */
const sourceFolderAbove = async (folder: string): Promise<string | undefined> => {
  const files = ['main.ts', 'spec.json'].map((name) => isFile(join(folder, name)));
  if ((await Promise.all(files)).every(Boolean)) return folder;
  const parent = dirname(folder);
  return parent === folder ? undefined : sourceFolderAbove(parent);
};

/** The source whose folder, or a folder in it, is the working directory. */
const sourceAround = async (): Promise<SourceProgram | undefined> => {
  const folder = await sourceFolderAbove(process.cwd());
  return folder === undefined ? undefined : programAt(basename(folder), join(folder, 'main.ts'));
};

/** The source that needs no name: that of the working directory, or the only one of the repository. */
export const findOnlySource = async (): Promise<SourceProgram> => {
  const around = await sourceAround();
  if (around !== undefined) return around;
  const names = await ownSources();
  const [name] = names;
  if (name !== undefined && names.length === 1) return programAt(name, programOf(name));
  const known = names.length === 0 ? '' : ` There are: ${names.join(', ')}.`;
  throw new UsageError(`Name a source, or change to the folder of one.${known}`);
};

/** @param given the name of a source of this repository or folder, or the path of any executable */
export const findSource = async (given: string): Promise<SourceProgram> => {
  if (!given.includes('/')) {
    const names = await ownSources();
    if (names.includes(given)) return programAt(given, programOf(given));
    const around = await sourceAround();
    if (around?.name === given) return around;
    const known = names.length === 0 ? 'none here' : names.join(', ');
    throw new UsageError(
      `There is no source ${given}. There are: ${known}. For your own program give its path, such as ./${given}.`,
    );
  }
  const path = resolve(given);
  if (!(await isFile(path))) throw new UsageError(`There is no program ${given}.`);
  if (!(await isExecutable(path))) {
    throw new UsageError(`The program ${given} is not executable: chmod +x it.`);
  }
  return programAt(nameOf(path), path);
};
