// The docker command, for tests of images.
import {spawnSync} from 'node:child_process';
import {randomUUID} from 'node:crypto';
import {HEADWATER, runProgram, runSource} from '../e2e/run-program.ts';
import {printLine} from '../print-line.ts';

/** The reason why images cannot be tested; undefined if an engine responds. */
const engineProblem = (): string | undefined => {
  const {error, status, stderr} = spawnSync('docker', ['info'], {encoding: 'utf8'});
  if (error !== undefined) return `there is no docker command (${error.message})`;
  return status === 0 ? undefined : `docker info: ${stderr.trim().split('\n').at(-1)}`;
};

const problem = engineProblem();
if (problem !== undefined)
  printLine(`Image tests skipped: no container engine responds; ${problem}.`);
export const hasEngine = problem === undefined;

export const docker = (...args: readonly string[]) => runProgram('docker', args);

/** Builds a source's image as users do. */
export const buildImage = async (source: string): Promise<void> => {
  const {status, stdout, stderr} = await runProgram(HEADWATER, ['image', source]);
  if (status !== 0) throw new Error(`The image can't be built:\n${stdout}\n${stderr}`);
};

/**
 * A container's name and `docker run`'s arguments. It is removed at the end, but not by `--rm`: Podman's docker command
 * then exits with 0, whatever the exit code was.
 */
export const container = (image: string, flags: readonly string[], command: readonly string[]) => {
  const name = `headwater-image-test-${randomUUID()}`;
  return {
    name,
    args: ['run', '-i', '--name', name, ...flags, image, ...command],
    [Symbol.asyncDispose]: async () => {
      await docker('rm', '-f', name);
    },
  };
};

/** Runs a source's command in a new container. */
export const runImage = async (
  image: string,
  flags: readonly string[],
  command: readonly string[],
) => {
  await using it = container(image, flags, command);
  return await runSource('docker', it.args);
};
