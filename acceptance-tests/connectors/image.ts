// A connector that is an image, run by the docker command.
import {execFile} from 'node:child_process';
import {randomUUID} from 'node:crypto';
import {promisify} from 'node:util';
import type {Stop} from '../../process/child.ts';
import {UsageError} from '../../process/errors.ts';
import type {CallStyle, Command, Connector, Inputs} from './connector.ts';
import {writeInputs} from './input-files.ts';
import {runProcess} from './run-process.ts';

const execute = promisify(execFile);

const docker = (...args: readonly string[]): Promise<{readonly stdout: string}> =>
  execute('docker', args, {maxBuffer: 64 * 1024 * 1024});

interface Inspected {
  readonly Config?: {
    readonly Labels?: Readonly<Record<string, string>> | null;
    readonly Env?: readonly string[] | null;
    readonly Entrypoint?: readonly string[] | null;
  };
}

const inspect = async (image: string): Promise<Inspected> => {
  const {stdout} = await docker('image', 'inspect', image);
  const [inspected = {}]: readonly Inspected[] = JSON.parse(stdout);
  return inspected;
};

const firstLine = (error: unknown): string => {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n').filter(Boolean).at(-1) ?? text;
};

/** Pulls an image that is not on this machine. */
const find = async (image: string): Promise<Inspected> => {
  try {
    return await inspect(image);
  } catch {
    try {
      await docker('pull', image);
      return await inspect(image);
    } catch (error) {
      throw new UsageError(
        `--image ${image} can't be pulled: ${firstLine(error)} Build or pull it first; \`docker image inspect ${image}\` must find it.`,
      );
    }
  }
};

const environmentOf = (lines: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    lines.map((line) => {
      const end = line.indexOf('=');
      return [line.slice(0, end), line.slice(end + 1)];
    }),
  );

/** Airbyte's own acceptance tests mount the inputs here. */
const MOUNTED = '/data';

const KILL = {SIGTERM: ['-s', 'TERM'], SIGKILL: []} as const;

/** Passed by name alone, so that no value shows in the command line, which messages quote. */
const flagsOf = (variables: Readonly<Record<string, string>>): readonly string[] =>
  Object.keys(variables).flatMap((name) => ['-e', name]);

/**
 * Opens the connector in an image. `flags` are given to each `docker run`, such as `--network host`. Fails with a
 * UsageError if there is no such image or no engine.
 */
export const openImage = async (
  image: string,
  environment: Readonly<Record<string, string>> = {},
  flags: readonly string[] = [],
  stop?: Stop,
): Promise<Connector> => {
  const {Config: config = {}} = await find(image);
  const run = async (command: Command, inputs: Inputs, style: CallStyle = {}) => {
    const {folder, options, remove} = await writeInputs(inputs, style, MOUNTED);
    // The container has a name and is removed afterwards: with `--rm`, Podman's docker command exits with 0 whatever
    // the exit code was. Its `docker stop` does not wait, so signals are sent by `docker kill`.
    const name = `headwater-test-${randomUUID()}`;
    const variables = {...environment, ...style.environment};
    const args = [
      ...['run', '-i', '--name', name, '-v', `${folder}:${MOUNTED}:ro`, ...flags],
      ...flagsOf(variables),
      ...[image, ...(style.words ?? [command, ...options])],
    ];
    const merge = style.stderr === 'merged' ? ' 2>&1' : '';
    try {
      return await runProcess(
        {
          program: '/bin/sh',
          args: ['-c', `exec docker "$@"${merge}`, 'sh', ...args],
          environment: {...process.env, ...variables},
          send: (signal, toChild) => {
            docker('kill', ...KILL[signal], name).catch(() => toChild(signal));
          },
          stop,
          // The child is the docker command, not the connector.
          measured: false,
        },
        {command, commandLine: ['docker', ...args].join(' '), inputs, style},
      );
    } finally {
      await docker('rm', '-f', name).catch(() => {});
      await remove();
    }
  };
  return {
    label: image,
    image: {
      labels: config.Labels ?? {},
      environment: environmentOf(config.Env ?? []),
      entrypoint: config.Entrypoint ?? [],
    },
    run,
  };
};
