// Runs the acceptance tests of sources in a repository: `headwater test <source…>`. If a source has a fake API
// (sources/<source>/fake-api), it runs during the tests.
import {access, cp, glob, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {stringify} from 'yaml';
import type {SourceTests} from '../../acceptance-tests/test-command.ts';
import {EXIT_FAILURE} from '../../process/command-line.ts';
import {projectHere, sourcesOf} from '../../process/project.ts';
import {makeTemporaryFolder} from '../../process/temporary-folder.ts';
import {buildImage} from '../image/build-image.ts';
import {loadMetadata} from '../metadata/load-metadata.ts';
import {startFakeApi} from './fake-api.ts';

const CONFIG = 'acceptance-test-config.yml';
/** The files of a source that its tests read. */
const COMPANIONS = [CONFIG, 'integration_tests', 'README.md', 'icon.svg'];

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** A source in a repository. */
type Place = {readonly root: string; readonly source: string};

/**
 * Copies the files that the tests of a source read, with two differences: metadata.yaml is the merged one, and configs
 * contain the current address of the fake API, so that two checkouts can be tested at the same time.
 */
const layOut = async ({root, source}: Place, folder: string, url?: string): Promise<void> => {
  for (const name of COMPANIONS) {
    const path = join(root, 'sources', source, name);
    if (await exists(path)) await cp(path, join(folder, name), {recursive: true});
  }
  await writeFile(join(folder, 'metadata.yaml'), stringify(await loadMetadata(root, source)));
  if (url === undefined) return;
  for await (const name of glob('integration_tests/*.json', {cwd: folder})) {
    const path = join(folder, name);
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, url));
  }
};

/** The program of a source, or its image, which uses the host's network to reach the fake API on loopback. */
const connectorOf = async ({root, source}: Place, isImage: boolean) => {
  if (!isImage) return {exec: join(root, 'sources', source, 'main.ts')};
  const [image] = await buildImage(root, source, {tag: 'dev', clients: [], output: 'pipe'});
  return {image, docker: ['--network=host']};
};

const testSource = async (
  place: Place,
  {buildImage: isImage, fake: switches, run, print}: Parameters<SourceTests>[1],
): Promise<number> => {
  const {root, source} = place;
  print(`\n${source}, as ${isImage ? 'an image' : 'a program'}:\n`);
  if (!(await exists(join(root, 'sources', source, CONFIG)))) {
    print(
      `sources/${source} has no ${CONFIG}: write one; \`npx headwater new\` generates an example.\n`,
    );
    return EXIT_FAILURE;
  }
  const connector = await connectorOf(place, isImage);
  const fake = await startFakeApi(root, source, switches);
  const folder = await makeTemporaryFolder(`headwater-acceptance-${source}-`);
  try {
    await layOut(place, folder.path, fake?.url);
    return await run({...connector, config: join(folder.path, CONFIG)});
  } finally {
    await fake?.stop();
    await folder.remove();
  }
};

/** Tests sources one after another. Resolves to 1 if one fails, and stops at a signal. */
export const testSources: SourceTests = async (names, options) => {
  const root = projectHere();
  const failed: string[] = [];
  for (const source of names.length > 0 ? names : await sourcesOf(root)) {
    const exitCode = await testSource({root, source}, options);
    // Stopped by a signal.
    if (exitCode > 128) return exitCode;
    if (exitCode !== 0) failed.push(source);
  }
  if (failed.length === 0) return 0;
  options.print(`\nFailed the acceptance tests: ${failed.join(', ')}.\n`);
  return EXIT_FAILURE;
};
