// Builds a source's image: `npm run image -- <source> [--tag <tag>] [--client <package>]` -> <dockerRepository>:<tag> (dev) and
// :<version>. A client is a package outside the bundle, for configs with references to a cloud's secrets.
import {spawnSync} from 'node:child_process';
import {fileURLToPath} from 'node:url';
import {parseArgs} from 'node:util';
import {loadMetadata} from './metadata.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Runs before the build, because without an engine the error of `docker build` does not say what to do. */
const assertEngine = () => {
  const {error, status, stderr} = spawnSync('docker', ['info'], {encoding: 'utf8'});
  if (error?.code === 'ENOENT') {
    throw new Error(
      'There is no `docker` command: install Docker, or Podman with its docker command.',
    );
  }
  if (error !== undefined) throw error;
  if (status !== 0) {
    const reason = stderr.trim().split('\n').at(-1);
    throw new Error(`No container engine responds (${reason}): start it, or set DOCKER_HOST.`);
  }
};

const buildImage = async () => {
  const {values, positionals} = parseArgs({
    options: {
      tag: {type: 'string', default: 'dev'},
      client: {type: 'string', multiple: true, default: []},
    },
    allowPositionals: true,
  });
  const [source] = positionals;
  const {dockerRepository, dockerImageTag} = (await loadMetadata(source)).data;
  assertEngine();
  const args = [
    'build',
    ...['--build-arg', `SOURCE=${source}`],
    ...['--build-arg', `VERSION=${dockerImageTag}`],
    ...['--build-arg', `CLIENTS=${values.client.join(' ')}`],
    ...['--tag', `${dockerRepository}:${values.tag}`],
    ...['--tag', `${dockerRepository}:${dockerImageTag}`],
    '.',
  ];
  const {status} = spawnSync('docker', args, {cwd: ROOT, stdio: 'inherit'});
  if (status !== 0) throw new Error(`docker ${args.join(' ')} failed.`);
  console.log(`Built ${dockerRepository}:${values.tag} and ${dockerRepository}:${dockerImageTag}.`);
};

try {
  await buildImage();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
