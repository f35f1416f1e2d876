// jest's globalSetup: opens the recording of this run. jest calls it once for all of the run's projects.
import {mkdtempSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {RECORDING} from '../recording.ts';

/** A fuzz run has no secrets, and prints 24 GB in an hour: too much for the scan. */
export default (): void => {
  if (process.env['FUZZ_MINUTES'] !== undefined) return;
  process.env[RECORDING] = mkdtempSync(join(tmpdir(), 'headwater-secret-scan-'));
};
