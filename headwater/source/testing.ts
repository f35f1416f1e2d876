// Runs `headwater` in a folder, and makes repositories of connectors, for tests.
import {execFile} from 'node:child_process';
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {said} from '../../cdk/testing/secrets.ts';
import {fakeSource, writeProgram} from '../../sync/testing/fake-source.ts';
import {HEADWATER, newFolder} from '../../sync/testing/run.ts';

type Ended = {readonly code: number; readonly stdout: string; readonly stderr: string};

/** Runs `headwater` in a folder. */
export const run = (cwd: string, ...args: readonly string[]): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(HEADWATER, args, {cwd}, (error, stdout, stderr) => {
      said(stdout + stderr);
      resolve({code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr});
    });
  });

export const linesOf = (stdout: string): readonly string[] => stdout.split('\n').slice(0, -1);

/** Writes `sources/<name>` in a repository. */
export const addSource = (
  root: string,
  name: string,
  fake: Parameters<typeof fakeSource>[2],
): void => {
  const program = readFileSync(fakeSource(newFolder(), name, fake), 'utf8');
  writeProgram(join(root, 'sources', name, 'main.ts'), program);
  writeFileSync(join(root, 'sources', name, 'spec.json'), '{}');
};
