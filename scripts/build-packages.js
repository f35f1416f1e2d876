// Builds the packages that are published, each as a folder that npm can pack: `npm run build`
//   dist/npm/headwater          compiled rooms, declarations of the public modules, docs
//   dist/npm/create-headwater   the initializer, with the versions of this checkout
// The package.json of the checkout is for development: its exports are TypeScript, which Node does not run below node_modules.
// That of the package is made of it here. A condition in `exports` would need a flag for every program, compiler and test.
import {spawnSync} from 'node:child_process';
import {chmod, cp, glob, mkdir, readFile, rm, writeFile} from 'node:fs/promises';
import {isBuiltin, stripTypeScriptTypes} from 'node:module';
import {basename, dirname, join, normalize, relative} from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const OUT = join(ROOT, 'dist/npm');
const KIT = join(OUT, 'headwater');
const CREATE = join(OUT, 'create-headwater');

/** The public modules, without their extension. */
const DOORS = {
  '.': 'cdk/index',
  './testing': 'cdk/testing',
  './fake-api': 'acceptance-tests/fake-api/index',
  './jest-preset': 'cdk/testing/jest/preset',
};

/** Modules that no import names: the program, and what the preset names by path. */
const STARTED = [
  'headwater/main.ts',
  ...['strip-types', 'no-network', 'start', 'finish'].map((name) => `cdk/testing/jest/${name}.ts`),
];

/** Files that the compiler does not write. */
const COPIED = [
  ...['README.md', 'LICENSE', 'CHANGELOG.md', 'AGENTS.md', 'llms.txt'],
  ...['docs', 'scripts/node.sh', 'headwater/new/template', 'headwater/image/Dockerfile'],
  'headwater/bundle/undici-parts.js',
];

const readJson = async (path) => JSON.parse(await readFile(path, 'utf8'));
const manifest = await readJson(join(ROOT, 'package.json'));

const declare = () => {
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  const args = [tsc, '-p', join(ROOT, 'tsconfig.build.json'), '--pretty', 'false'];
  const {status, stdout} = spawnSync(process.execPath, args, {encoding: 'utf8'});
  if (status !== 0) throw new Error(`tsc -p tsconfig.build.json failed:\n${stdout}`);
};

/** Both are as long, so that no position in a line moves. */
const compiledName = (code) =>
  code.replaceAll(/(\bfrom |\bimport\(|^import )(["']\.[^"'\n]+)\.ts(["'])/gm, '$1$2.js$3');

/** Authors step into these. The commands have no maps, which would be a quarter of the package: only their types are missing. */
const hasMap = (path) => path.startsWith('cdk/') || path.startsWith('acceptance-tests/fake-api/');

/** Every line is where it was: Node's type stripping puts blanks in place of types. */
const sourceMapOf = (path, source) =>
  JSON.stringify({
    version: 3,
    file: `${basename(path, '.ts')}.js`,
    sources: [basename(path)],
    sourcesContent: [source],
    names: [],
    mappings: `AAAA${';AACA'.repeat(source.split('\n').length - 1)}`,
  });

const importsOf = (path, code, extension) =>
  [...code.matchAll(/(?:\bfrom |\bimport\(|^import )["'](\.[^"'\n]+)["']/gm)].flatMap(([, to]) =>
    to.endsWith(extension) ? [normalize(join(dirname(path), to))] : [],
  );

/** Compiles a module and all that it imports, as Node itself runs it in the checkout: the types are stripped. */
const compile = async (path, done = new Set()) => {
  if (done.has(path)) return;
  done.add(path);
  const source = await readFile(join(ROOT, path), 'utf8');
  const target = join(KIT, path.replace(/\.ts$/, '.js'));
  await mkdir(dirname(target), {recursive: true});
  if (path.endsWith('.json')) {
    if (path !== 'package.json') await cp(join(ROOT, path), target);
    return;
  }
  const code = stripTypeScriptTypes(source);
  // Blanks at the end of a line were types.
  const trimmed = compiledName(code).replaceAll(/ +$/gm, '');
  await writeFile(
    target,
    hasMap(path) ? `${trimmed}//# sourceMappingURL=${basename(target)}.map\n` : trimmed,
  );
  if (hasMap(path)) await writeFile(`${target}.map`, sourceMapOf(path, source));
  for (const extension of ['.ts', '.json']) {
    for (const imported of importsOf(path, code, extension)) await compile(imported, done);
  }
};

/** Keeps the declarations that can be reached from a public module, and names the modules as they are compiled. */
const pruneDeclarations = async () => {
  const kept = new Set();
  const keep = async (path) => {
    if (kept.has(path)) return;
    kept.add(path);
    const code = await readFile(join(KIT, path), 'utf8');
    for (const imported of importsOf(path, code, '.ts')) {
      await keep(imported.replace(/\.ts$/, '.d.ts'));
    }
    await writeFile(join(KIT, path), compiledName(code));
  };
  for (const door of Object.values(DOORS)) await keep(`${door}.d.ts`);
  for await (const path of glob('**/*.d.ts', {cwd: KIT})) {
    if (!kept.has(path)) await rm(join(KIT, path));
  }
  // Otherwise a program whose compiler options name no types has no types of Node.
  for (const door of Object.values(DOORS)) {
    const path = join(KIT, `${door}.d.ts`);
    await writeFile(path, `/// <reference types="node" />\n${await readFile(path, 'utf8')}`);
  }
};

/** The packages that compiled files import, with those that only their types need. */
const importedPackages = async () => {
  const names = new Set();
  for await (const path of glob('**/*.{js,d.ts}', {cwd: KIT})) {
    const code = await readFile(join(KIT, path), 'utf8');
    const imports = code.matchAll(
      /^(?!\s*(?:\/\/|\*)).*(?:\bfrom |\bimport\(|^import )["']((?:@[\w-]+\/)?\w[\w.-]*)["'/]/gm,
    );
    for (const [, name] of imports) names.add(name);
  }
  return [...names].filter((name) => name !== 'headwater' && !isBuiltin(name));
};

/** Fails unless the package has every dependency that it imports, and imports every dependency that it has. */
const assertDependencies = async ({dependencies, peerDependencies}) => {
  const imported = await importedPackages();
  const declared = Object.keys({...dependencies, ...peerDependencies});
  const missing = imported.filter((name) => !declared.includes(name));
  if (missing.length > 0) {
    throw new Error(
      `The package imports ${missing.join(', ')}: add it to the dependencies or peers.`,
    );
  }
  const unused = Object.keys(dependencies).filter(
    (name) => !imported.includes(name) && name !== '@types/node',
  );
  if (unused.length > 0) throw new Error(`The package does not import ${unused.join(', ')}.`);
};

const writeJson = (path, value) => writeFile(path, `${JSON.stringify(value, null, 2)}\n`);

/** The fields that both packages share. */
const shared = {
  version: manifest.version,
  license: manifest.license,
  homepage: manifest.homepage,
  repository: {type: 'git', url: `git+${manifest.homepage}.git`},
  bugs: `${manifest.homepage}/issues`,
  type: 'module',
  engines: manifest.engines,
};

const writeBin = async (folder, main) => {
  const path = join(folder, 'bin.cjs');
  const check = 'scripts/node-version.cjs';
  await cp(join(ROOT, check), join(folder, check));
  const code = `#!/usr/bin/env node\n'use strict';\nrequire('./${check}');\nimport('${main}');\n`;
  await writeFile(path, code);
  await chmod(path, 0o755);
};

const buildKit = async () => {
  await rm(KIT, {recursive: true, force: true});
  declare();
  await pruneDeclarations();
  const done = new Set();
  for (const path of [...STARTED, ...Object.values(DOORS).map((door) => `${door}.ts`)]) {
    await compile(path, done);
  }
  for (const path of COPIED) await cp(join(ROOT, path), join(KIT, path), {recursive: true});
  await writeBin(KIT, './headwater/main.js');
  const published = {
    name: manifest.name,
    ...shared,
    description: manifest.description,
    keywords: manifest.keywords,
    bin: {headwater: 'bin.cjs'},
    exports: {
      ...Object.fromEntries(
        Object.entries(DOORS).map(([name, door]) => [
          name,
          {types: `./${door}.d.ts`, default: `./${door}.js`},
        ]),
      ),
      './package.json': './package.json',
    },
    dependencies: {
      // Its declarations refer to them. A range, because a repository has a version of its own.
      '@types/node': `>=${manifest.devDependencies['@types/node'].split('.')[0]}`,
      ...manifest.dependencies,
    },
    peerDependencies: manifest.peerDependencies,
    peerDependenciesMeta: manifest.peerDependenciesMeta,
  };
  await assertDependencies(published);
  await writeJson(join(KIT, 'package.json'), published);
};

/** The initializer writes the versions of this checkout into new repositories. */
const buildCreate = async () => {
  const source = join(ROOT, 'packages/create-headwater');
  await rm(CREATE, {recursive: true, force: true});
  await mkdir(CREATE, {recursive: true});
  for (const name of ['create.js', 'template', 'README.md']) {
    await cp(join(source, name), join(CREATE, name), {recursive: true});
  }
  await cp(join(ROOT, 'LICENSE'), join(CREATE, 'LICENSE'));
  await writeBin(CREATE, './create.js');
  const {description} = await readJson(join(source, 'package.json'));
  await writeJson(join(CREATE, 'package.json'), {
    name: 'create-headwater',
    ...shared,
    description,
    bin: {'create-headwater': 'bin.cjs'},
  });
  await writeJson(join(CREATE, 'versions.json'), {
    headwater: manifest.version,
    ...manifest.devDependencies,
  });
};

await buildKit();
await buildCreate();
for (const folder of [KIT, CREATE]) console.log(relative(ROOT, folder));
