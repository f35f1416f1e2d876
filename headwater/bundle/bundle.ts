// Bundles a program into one file that needs no node_modules.
import {chmod, readFile, writeFile} from 'node:fs/promises';
import {basename, dirname, join} from 'node:path';
import {type BuildFailure, type BuildOptions, build, type Metafile, type Plugin} from 'esbuild';
import {UsageError} from '../../process/errors.ts';
import {assertSource, KIT, manifestOf} from '../../process/project.ts';
import {licensesOf, packagesIn, sbomOf} from './licenses.ts';
import {trimUndici} from './trim-undici.ts';

/** A program needs only the version of the kit's package.json; the rest would put the names of our tools into the bundle. */
const onlyVersion: Plugin = {
  name: 'only-version',
  setup: ({onLoad}) =>
    onLoad({filter: /package\.json$/}, async ({path}) => {
      if (path !== join(KIT, 'package.json')) return undefined;
      const {version} = JSON.parse(await readFile(path, 'utf8'));
      return {loader: 'json', contents: JSON.stringify({version})};
    }),
};

/** Modules that take a millisecond or more to load and that most runs never call. */
const RARELY_CALLED: ReadonlySet<string> = new Set([
  'node:child_process',
  'node:crypto',
  'node:dns',
  'node:http',
  'node:net',
  'node:tls',
  'node:util',
  'node:v8',
  'node:zlib',
]);

const lookUp = (path: string): string => {
  const found = `process.getBuiltinModule(${JSON.stringify(path)})`;
  return RARELY_CALLED.has(path)
    ? `module.exports = Object.create(new Proxy({}, {get: (_none, name) => ${found}[name]}));`
    : `module.exports = ${found};`;
};

/**
 * Loads Node's own modules at their first use. An `import` in an ES module runs before any code: the imports of commands
 * that were not called took a third of the time of `spec`.
 */
const lookedUpLate: Plugin = {
  name: 'looked-up-late',
  setup: ({onResolve, onLoad}) => {
    onResolve({filter: /^node:/}, ({path, kind}) =>
      kind === 'import-statement' ? {path, namespace: 'looked-up-late'} : undefined,
    );
    onLoad({filter: /.*/, namespace: 'looked-up-late'}, ({path}) => ({
      contents: lookUp(path),
    }));
  },
};

/** Keeps identifiers and line breaks, so that a stack trace from production names functions and lines. */
const options = (root: string, entry: string, outfile: string): BuildOptions => ({
  absWorkingDir: root,
  // main.ts is imported, not the entry point, because only an entry point keeps its first line: with it a shell finds
  // node, which a bundle does not need.
  stdin: {contents: `import './${basename(entry)}';`, resolveDir: join(root, dirname(entry))},
  outfile,
  bundle: true,
  splitting: false,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  // As when Node strips types itself, whatever a tsconfig.json says.
  tsconfigRaw: {compilerOptions: {verbatimModuleSyntax: true}},
  keepNames: true,
  minifySyntax: true,
  charset: 'utf8',
  // Keeps the licenses that bundled code contains.
  legalComments: 'eof',
  // CommonJS dependencies call `require` for Node's own modules; an ES module has no `require`.
  banner: {
    js: [
      '#!/usr/bin/env node',
      "import {createRequire as __createRequire} from 'node:module';",
      'const require = __createRequire(import.meta.url);',
    ].join('\n'),
  },
  plugins: [onlyVersion, lookedUpLate, trimUndici()],
  logLevel: 'warning',
});

const isBuildFailure = (error: unknown): error is BuildFailure =>
  error instanceof Error && 'errors' in error;

/** Bundles the program with this entry file. Both paths are relative to `root`. */
export const bundleProgram = async (
  root: string,
  entry: string,
  outfile: string,
): Promise<{readonly code: Buffer; readonly metafile: Metafile}> => {
  const {metafile} = await build({...options(root, entry, outfile), metafile: true}).catch(
    (error: unknown) => {
      // esbuild has printed the list of its errors already.
      throw isBuildFailure(error) ? new UsageError(`${entry} cannot be bundled.`) : error;
    },
  );
  const path = join(root, outfile);
  await chmod(path, 0o755);
  return {code: await readFile(path), metafile};
};

/** Bundles a source into `dist/<source>/main.js`, with the licenses and an SBOM of what is in it. */
export const bundleSource = async (root: string, source: string) => {
  await assertSource(root, source);
  const folder = join('dist', source);
  const path = join(folder, 'main.js');
  const {code, metafile} = await bundleProgram(root, join('sources', source, 'main.ts'), path);
  const packages = await packagesIn(root, metafile);
  const {version} = await manifestOf(root);
  const sbom = sbomOf({name: `source-${source}`, version}, packages);
  await writeFile(join(root, folder, 'THIRD-PARTY-LICENSES.txt'), licensesOf(packages));
  await writeFile(join(root, folder, 'sbom.cdx.json'), sbom);
  return {path, code};
};
