// Writes the files of a new source: those of template/ with its names filled in.
import {randomUUID} from 'node:crypto';
import {chmod, glob, mkdir, readFile, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import type {Manifest} from '../../process/project.ts';
import type {Names} from './names.ts';

const TEMPLATE = join(import.meta.dirname, 'template');
const FIRST_PORT = 8701;

/** One more than the highest port of a fake API. */
const nextPort = async (root: string): Promise<number> => {
  const ports = [FIRST_PORT - 1];
  for await (const path of glob('sources/*/fake-api/main.ts', {cwd: root})) {
    const [, port] = /port: (\d+)/.exec(await readFile(join(root, path), 'utf8')) ?? [];
    if (port !== undefined) ports.push(Number(port));
  }
  return Math.max(...ports) + 1;
};

const fill = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replaceAll(/\{\{(\w+)\}\}/g, (whole, name) => values[name] ?? whole);

export const folderOf = ({name}: Names): string => `sources/${name}`;

/** Writes all files, and returns their paths below the repository. */
export const writeFiles = async (
  root: string,
  names: Names,
  manifest: Manifest,
): Promise<readonly string[]> => {
  // `@acme/connectors` makes images such as connectors/source-crm.
  const repository = manifest.name.replace(/^.*\//, '');
  const values = {
    ...names,
    repository,
    homepage: manifest.homepage ?? `https://github.com/example/${repository}`,
    uuid: randomUUID(),
    port: String(await nextPort(root)),
  };
  const paths: string[] = [];
  for await (const template of glob('**/*.txt', {cwd: TEMPLATE})) {
    const path = fill(template, values).replace(/\.txt$/, '');
    const target = join(root, path);
    await mkdir(dirname(target), {recursive: true});
    await writeFile(target, fill(await readFile(join(TEMPLATE, template), 'utf8'), values));
    if (path === `sources/${names.name}/main.ts`) await chmod(target, 0o755);
    paths.push(path);
  }
  return paths.toSorted();
};
