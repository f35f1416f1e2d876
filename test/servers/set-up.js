// jest's globalSetup of the server suites: what they need is installed, and what they say is recorded for the secret scan.
import installServers from '../../scripts/install-servers.js';
import {startRecording} from '../secret-scan/start.ts';

export default async () => {
  startRecording();
  await installServers();
};
