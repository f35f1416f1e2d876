// jest's globalSetup of the tests with clients: what they need is installed, and what they say is recorded for the secret scan.
import installClients from '../../scripts/install-clients.js';
import {startRecording} from '../secret-scan/start.ts';

export default async () => {
  startRecording();
  await installClients();
};
