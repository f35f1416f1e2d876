// Builds the image of a source.
import {spawnSync} from 'node:child_process';
import {join} from 'node:path';
import packageJson from '../../package.json' with {type: 'json'};
import {UsageError} from '../../process/errors.ts';
import {bundleSource} from '../bundle/bundle.ts';
import {loadMetadata} from '../metadata/load-metadata.ts';

const DOCKERFILE = join(import.meta.dirname, 'Dockerfile');

export type ImageOptions = {
  /** Beside the version of metadata.yaml. */
  readonly tag: string;
  /** Instead of the `dockerRepository` of metadata.yaml. */
  readonly repository?: string;
  /** Packages beside the bundle, for references to a cloud's secrets. */
  readonly clients: readonly string[];
  /** Takes the output of `docker build`; `pipe` drops it unless the build fails. */
  readonly output: 'inherit' | 'pipe';
};

/** Runs before the build, because without an engine the error of `docker build` does not say what to do. */
const assertEngine = (): void => {
  const {error, status, stderr} = spawnSync('docker', ['info'], {encoding: 'utf8'});
  if (error !== undefined) {
    throw new UsageError(
      `The command \`docker\` cannot be run (${error.message}): install Docker, or Podman with its docker command.`,
    );
  }
  if (status !== 0) {
    const reason = stderr.trim().split('\n').at(-1);
    throw new UsageError(`No container engine responds (${reason}): start it, or set DOCKER_HOST.`);
  }
};

/** The clients of cdk/secrets, in the versions that the kit knows. */
const CLIENTS = new Map(
  Object.entries(packageJson.peerDependencies).filter(([name]) =>
    /^@(aws-sdk|google-cloud)\//.test(name),
  ),
);

const withRange = (client: string): string => {
  const range = CLIENTS.get(client);
  if (range !== undefined) return `${client}@${range}`;
  const known = [...CLIENTS.keys()].join(', ');
  throw new UsageError(`There is no client ${client}; there are: ${known}.`);
};

/** Bundles a source and builds its image. Returns the names of the image. */
export const buildImage = async (
  root: string,
  source: string,
  {tag, repository, clients, output}: ImageOptions,
): Promise<readonly string[]> => {
  const {data} = await loadMetadata(root, source);
  const packages = clients.map(withRange);
  assertEngine();
  await bundleSource(root, source);
  const name = repository ?? data.dockerRepository;
  const images = [...new Set([tag, data.dockerImageTag])].map((each) => `${name}:${each}`);
  const values = {
    CLIENTS: packages.join(' '),
    NAME: data.dockerRepository,
    VERSION: data.dockerImageTag,
    LICENSE: data.license,
    DOCUMENTATION: data.documentationUrl,
  };
  const args = [
    ...['build', '--file', DOCKERFILE],
    ...Object.entries(values).flatMap(([key, value]) => ['--build-arg', `${key}=${value}`]),
    ...images.flatMap((image) => ['--tag', image]),
    join(root, 'dist', source),
  ];
  const {status, stdout, stderr} = spawnSync('docker', args, {
    stdio: ['ignore', output, output],
    encoding: 'utf8',
    maxBuffer: Number.MAX_SAFE_INTEGER,
  });
  if (status === 0) return images;
  throw new UsageError(`docker ${args.join(' ')} failed.\n${stdout ?? ''}${stderr ?? ''}`.trim());
};
