// Bundles a source into one file that needs no node_modules: `node scripts/bundle.js <source>` -> dist/<source>/main.js.
import {chmod, readFile} from 'node:fs/promises';
import {basename, dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {gzipSync} from 'node:zlib';
import {build} from 'esbuild';
import {assertSource} from './metadata.js';
import {trimUndici} from './trim-undici.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** A program needs only the version of package.json; the rest would put the names of our tools into the bundle. */
const onlyVersion = {
  name: 'only-version',
  setup: ({onLoad}) =>
    onLoad({filter: /package\.json$/}, async ({path}) => {
      if (path !== join(ROOT, 'package.json')) return undefined;
      const {version} = JSON.parse(await readFile(path, 'utf8'));
      return {loader: 'json', contents: JSON.stringify({version})};
    }),
};

/** Modules that take a millisecond or more to load and that most runs never call. */
const RARELY_CALLED = new Set(['node:crypto', 'node:child_process', 'node:util']);

const lookUp = (path) => {
  const found = `process.getBuiltinModule(${JSON.stringify(path)})`;
  return RARELY_CALLED.has(path)
    ? `module.exports = Object.create(new Proxy({}, {get: (_none, name) => ${found}[name]}));`
    : `module.exports = ${found};`;
};

/**
 * Loads Node's own modules at their first use. An `import` in an ES module runs before any code: the imports of commands
 * that were not called took a third of the time of `spec`.
 */
const lookedUpLate = {
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
const options = (entry, outfile) => ({
  absWorkingDir: ROOT,
  // main.ts is imported, not the entry point, because only an entry point keeps its first line: with it a shell finds
  // node, which a bundle does not need.
  stdin: {contents: `import './${basename(entry)}';`, resolveDir: dirname(entry)},
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

const kilobytes = (bytes) => `${Math.round(bytes / 1000)} kB`;

/** Bundles the program with this entry file. Both paths are relative to the checkout. Returns the bundle's code. */
export const bundleProgram = async (entry, outfile) => {
  await build(options(entry, outfile));
  const path = join(ROOT, outfile);
  await chmod(path, 0o755);
  return readFile(path);
};

const bundle = async (source) => {
  await assertSource(source);
  const outfile = join('dist', source, 'main.js');
  const code = await bundleProgram(join('sources', source, 'main.ts'), outfile);
  console.log(
    `${outfile}: ${kilobytes(code.length)} (${kilobytes(gzipSync(code).length)} gzipped)`,
  );
};

if (import.meta.main) {
  try {
    await bundle(process.argv[2]);
  } catch (error) {
    // esbuild's errors have a list, and esbuild has already printed it.
    if (error.errors === undefined) console.error(error.message);
    process.exitCode = 1;
  }
}
