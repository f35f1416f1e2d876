// jest's globalTeardown: fails the run if one of its secrets was printed.
import {rmSync} from 'node:fs';
import {RECORDING, readRecording} from '../recording.ts';
import {scan} from '../secret-scan/scan.ts';

export default (): void => {
  const folder = process.env[RECORDING];
  if (folder === undefined) return;
  try {
    const {secrets, said} = readRecording(folder);
    process.stderr.write(`${scan(secrets, said)}\n`);
  } finally {
    rmSync(folder, {recursive: true});
  }
};
