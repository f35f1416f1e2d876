// Bundles a source into one file that needs no node_modules: `node scripts/bundle.js <source>` -> dist/<source>/main.js.
import {chmod, readFile} from 'node:fs/promises';
import {basename, dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {gzipSync} from 'node:zlib';
import {build} from 'esbuild';
import {assertSource} from './metadata.js';
import {trimUndici} from './trim-undici.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Of the package.json a program needs its version only; the rest would name our tools inside the bundle. */
const onlyVersion = {
  name: 'only-version',
  setup: ({onLoad}) =>
    onLoad({filter: /package\.json$/}, async ({path}) => {
      if (path !== join(ROOT, 'package.json')) return undefined;
      const {version} = JSON.parse(await readFile(path, 'utf8'));
      return {loader: 'json', contents: JSON.stringify({version})};
    }),
};

/** Those that take a millisecond or more to load, and that most runs never call. */
const RARELY_CALLED = new Set(['node:crypto', 'node:child_process', 'node:util']);

const lookUp = (path) => {
  const found = `process.getBuiltinModule(${JSON.stringify(path)})`;
  return RARELY_CALLED.has(path)
    ? `module.exports = Object.create(new Proxy({}, {get: (_none, name) => ${found}[name]}));`
    : `module.exports = ${found};`;
};

/**
 * Node's own modules are looked up where they are used first. An `import` of an ES module is carried out before anything
 * runs: those of the commands that are not called made up a third of the time that `spec` takes.
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

/** Whole identifiers and line breaks stay: a stack trace from production names functions and lines one can find. */
const options = (entry, outfile) => ({
  absWorkingDir: ROOT,
  // Not main.ts as the entry point itself: its first two lines make a shell find node, which a bundle has no use
  // for, and only an entry point keeps its first line.
  stdin: {contents: `import './${basename(entry)}';`, resolveDir: dirname(entry)},
  outfile,
  bundle: true,
  splitting: false,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  // What Node does when it strips types itself, and not what a tsconfig.json that may be absent says.
  tsconfigRaw: {compilerOptions: {verbatimModuleSyntax: true}},
  keepNames: true,
  minifySyntax: true,
  charset: 'utf8',
  // The licences of what is bundled, where its code carries them.
  legalComments: 'eof',
  // CommonJS dependencies call `require` for Node's own modules; an ES module has none.
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

/** Bundles the program that a file begins; both paths are those below the checkout. Gives the bundle's code. */
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
    // What esbuild has to say, it has said; its errors carry a list.
    if (error.errors === undefined) console.error(error.message);
    process.exitCode = 1;
  }
}
