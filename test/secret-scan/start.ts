// jest's globalSetup: opens the recording of this run. A set-up of another's own calls `startRecording`.
import {mkdtempSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {RECORDING} from '../../cdk/testing/recording.ts';

/** A fuzz run has no secrets, and says 24 GB in an hour, which no scan holds. */
export const startRecording = (): void => {
  if (process.env['FUZZ_MINUTES'] !== undefined) return;
  process.env[RECORDING] = mkdtempSync(join(tmpdir(), 'headwater-secret-scan-'));
};

export default startRecording;
