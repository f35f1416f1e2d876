// The packages inside a bundle, for people (their licenses) and for programs (a CycloneDX SBOM).
import {readdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {Metafile} from 'esbuild';
import {codeOf} from '../../process/errors.ts';

export type BundledPackage = {
  readonly name: string;
  readonly version: string;
  /** By SPDX, such as MIT; UNKNOWN if the package does not say. */
  readonly license: string;
  /** The text of its license; empty if the package has no such file. */
  readonly text: string;
};

const UNKNOWN = 'UNKNOWN';

/** The folder of the package that a file belongs to: the last one below node_modules. */
const packageFolder = (path: string): string | undefined =>
  /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1];

const licenseText = async (folder: string): Promise<string> => {
  const names = await readdir(folder).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  });
  const file = names.find((name) => /^(licen[cs]e|copying)/i.test(name));
  return file === undefined ? '' : (await readFile(join(folder, file), 'utf8')).trim();
};

const describe = async (folder: string): Promise<BundledPackage> => {
  const {name, version, license} = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  return {name, version, license: license ?? UNKNOWN, text: await licenseText(folder)};
};

/** The packages of which a bundle has files, by name. */
export const packagesIn = async (
  root: string,
  {inputs}: Metafile,
): Promise<readonly BundledPackage[]> => {
  const folders = new Set(Object.keys(inputs).map((path) => packageFolder(join(root, path))));
  const found = await Promise.all(
    [...folders].filter((folder) => folder !== undefined).map(describe),
  );
  return found.toSorted((a, b) => a.name.localeCompare(b.name));
};

/** The licenses of the packages, each with its text. */
export const licensesOf = (packages: readonly BundledPackage[]): string =>
  packages
    .map(({name, version, license, text}) =>
      [`${name} ${version}, ${license}`, text].filter(Boolean).join('\n\n'),
    )
    .join(`\n\n${'-'.repeat(80)}\n\n`)
    .concat('\n');

/** https://cyclonedx.org/docs/1.6/json/ */
export const sbomOf = (
  {name, version}: {readonly name: string; readonly version: string},
  packages: readonly BundledPackage[],
): string =>
  JSON.stringify(
    {
      bomFormat: 'CycloneDX',
      specVersion: '1.6',
      version: 1,
      metadata: {component: {type: 'application', name, version}},
      components: packages.map((each) => ({
        type: 'library',
        name: each.name,
        version: each.version,
        purl: `pkg:npm/${each.name.replace('@', '%40')}@${each.version}`,
        licenses: each.license === UNKNOWN ? [] : [{expression: each.license}],
      })),
    },
    null,
    2,
  ).concat('\n');
