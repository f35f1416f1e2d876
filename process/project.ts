// The repository of connectors in which a command works: a checkout of the kit, or a repository of one of its users. Both
// have a package.json and the folder `sources`.
import {existsSync} from 'node:fs';
import {readdir, readFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {messageOf, UsageError} from './errors.ts';

/** The folder of the kit: a checkout, or the installed package. */
export const KIT = join(import.meta.dirname, '..');

const isProject = (folder: string): boolean =>
  existsSync(join(folder, 'package.json')) && existsSync(join(folder, 'sources'));

/** The nearest repository of connectors, from this folder upwards. */
export const projectAbove = (folder: string): string | undefined => {
  if (isProject(folder)) return folder;
  const parent = dirname(folder);
  return parent === folder ? undefined : projectAbove(parent);
};

/** The repository of connectors around the working directory. */
export const projectHere = (): string => {
  const root = projectAbove(process.cwd());
  if (root !== undefined) return root;
  throw new UsageError(
    `There is no repository of connectors here: neither ${process.cwd()} nor a folder above it has a package.json and a folder sources. Change to one, or make one with \`npm create headwater\`.`,
  );
};

/** The names of the folders in `sources/`. */
export const sourcesOf = async (root: string): Promise<readonly string[]> => {
  const entries = await readdir(join(root, 'sources'), {withFileTypes: true}).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({name}) => name)
    .toSorted();
};

/** Fails with all names unless `source` is one of them. */
export const assertSource = async (root: string, source: string | undefined): Promise<void> => {
  const sources = await sourcesOf(root);
  if (source !== undefined && sources.includes(source)) return;
  const given = source ? `There is no source "${source}"` : 'Name a source';
  throw new UsageError(`${given}; there are: ${sources.join(', ')}.`);
};

/** The fields of a package.json that commands use. */
export type Manifest = {
  readonly name: string;
  readonly version: string;
  /** The address of the repository for people. */
  readonly homepage: string | undefined;
};

const stringIn = (value: unknown, name: string): string | undefined => {
  const field: unknown = Object(value)[name];
  return typeof field === 'string' && field !== '' ? field : undefined;
};

export const manifestOf = async (root: string): Promise<Manifest> => {
  const path = join(root, 'package.json');
  let manifest: unknown;
  try {
    manifest = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new UsageError(`${path} cannot be read as JSON: ${messageOf(error)}.`);
  }
  return {
    name: stringIn(manifest, 'name') ?? 'connectors',
    version: stringIn(manifest, 'version') ?? '0.0.0',
    homepage: stringIn(manifest, 'homepage'),
  };
};
