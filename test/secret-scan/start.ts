// jest's globalSetup: opens the recording of this run. A set-up of another's own calls `startRecording`.
import {mkdtempSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {RECORDING} from './recording.ts';

export const startRecording = (): void => {
  process.env[RECORDING] = mkdtempSync(join(tmpdir(), 'headwater-secret-scan-'));
};

export default startRecording;
