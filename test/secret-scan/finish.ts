// jest's globalTeardown: fails the run where one of its secrets was said. A tear-down of another's own calls `scanRecording`.
import {rmSync} from 'node:fs';
import {RECORDING, readRecording} from '../../cdk/testing/recording.ts';
import {scan} from './scan.ts';

export const scanRecording = (): void => {
  const folder = process.env[RECORDING];
  if (folder === undefined) return;
  try {
    const {secrets, said} = readRecording(folder);
    process.stderr.write(`${scan(secrets, said)}\n`);
  } finally {
    rmSync(folder, {recursive: true});
  }
};

export default scanRecording;
