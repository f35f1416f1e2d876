// Runs the acceptance tests of our own sources:
//   npm run test:acceptance -- [source …] [--image] [--fake=--throttle=50 …] [-- options of headwater test]
// Tests the main.ts of each source, or with --image its image, which is built first. If a source has a fake API
// (acceptance-tests/fake-apis/<source>), it runs during the tests with the switches in --fake. Exits with 1 if a source
// fails or has no tests.
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {access, cp, glob, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';
import {parseArgs} from 'node:util';
import {stringify} from 'yaml';
import {listSources, loadMetadata} from './metadata.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CONFIG = 'acceptance-test-config.yml';
/** The files of a source that its tests read. */
const COMPANIONS = [CONFIG, 'integration_tests', 'README.md', 'icon.svg'];

const exists = (path) =>
  access(join(ROOT, path)).then(
    () => true,
    () => false,
  );

const run = async (program, args) => {
  const child = spawn(program, args, {cwd: ROOT, stdio: 'inherit'});
  const [code] = await once(child, 'close');
  return code === 0;
};

/** Prints the output of the build only if it fails. */
const buildImage = async (source) => {
  const child = spawn(process.execPath, ['scripts/image.js', source], {cwd: ROOT});
  const output = [];
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => output.push(chunk));
  const [code] = await once(child, 'close');
  if (code !== 0) process.stderr.write(Buffer.concat(output));
  return code === 0;
};

/** Starts the source's fake API on a free port; undefined if it has no fake API. */
const startFake = async (source, switches) => {
  const main = `acceptance-tests/fake-apis/${source}/main.ts`;
  if (!(await exists(main))) return undefined;
  const child = spawn(process.execPath, [main, '--port', '0', ...switches], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  const firstLine = once(createInterface(child.stdout), 'line');
  const [url] = await Promise.race([firstLine, closed.then(() => [])]);
  if (url === undefined) throw new Error(`The fake API ${main} exited before it printed its URL.`);
  return {
    url,
    stop: async () => {
      child.kill('SIGTERM');
      await closed;
    },
  };
};

/**
 * Copies the files that the tests of a source read, with two differences: metadata.yaml is the merged one, and configs
 * contain the current address of the fake API, so that two checkouts can be tested at the same time.
 */
const layOut = async (source, folder, url) => {
  for (const name of COMPANIONS) {
    const path = `sources/${source}/${name}`;
    if (await exists(path)) await cp(join(ROOT, path), join(folder, name), {recursive: true});
  }
  await writeFile(join(folder, 'metadata.yaml'), stringify(await loadMetadata(source)));
  if (url === undefined) return;
  for await (const name of glob('integration_tests/*.json', {cwd: folder})) {
    const path = join(folder, name);
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, url));
  }
};

/** The image uses the host's network to reach the fake API on loopback. */
const imageOf = async (source) => {
  if (!(await buildImage(source))) return undefined;
  const {dockerRepository} = (await loadMetadata(source)).data;
  return ['--image', `${dockerRepository}:dev`, '--docker-flag=--network=host'];
};

const test = async (source, {isImage, switches, options}) => {
  console.log(`\n${source}, as ${isImage ? 'an image' : 'a program'}:`);
  if (!(await exists(`sources/${source}/${CONFIG}`))) {
    console.error(
      `sources/${source} has no ${CONFIG}: write one; \`npx headwater new\` generates an example.`,
    );
    return false;
  }
  const connector = isImage
    ? await imageOf(source)
    : ['--exec', join(ROOT, 'sources', source, 'main.ts')];
  if (connector === undefined) return false;
  const fake = await startFake(source, switches);
  const folder = await mkdtemp(join(tmpdir(), `headwater-acceptance-${source}-`));
  try {
    await layOut(source, folder, fake?.url);
    const args = ['test', join(folder, CONFIG), ...connector, ...options];
    return await run(join(ROOT, 'headwater/main.ts'), args);
  } finally {
    await fake?.stop();
    await rm(folder, {recursive: true, force: true});
  }
};

const main = async () => {
  const [own, options] = [process.argv.slice(2), []];
  const end = own.indexOf('--');
  if (end >= 0) options.push(...own.splice(end).slice(1));
  const {values, positionals} = parseArgs({
    args: own,
    options: {
      image: {type: 'boolean', default: false},
      fake: {type: 'string', multiple: true, default: []},
    },
    allowPositionals: true,
  });
  const how = {isImage: values.image, switches: values.fake, options};
  const failed = [];
  for (const source of positionals.length > 0 ? positionals : await listSources()) {
    if (!(await test(source, how))) failed.push(source);
  }
  if (failed.length > 0) throw new Error(`\nFailed the acceptance tests: ${failed.join(', ')}.`);
};

await main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
