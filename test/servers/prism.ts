// Prism, which responds as an OpenAPI document says, here GitHub's own, and rejects requests that it does not allow.
import {join} from 'node:path';
import {freePort, responds, SERVERS, startServer} from './servers.ts';

const GITHUB = 'node_modules/@octokit/openapi/generated/api.github.com.json';

export const startPrism = async () => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = await startServer({
    command: process.execPath,
    args: [
      'node_modules/@stoplight/prism-cli/dist/index.js',
      ...['mock', '--host', '127.0.0.1', '--port', String(port), '--verboseLevel', 'error'],
      GITHUB,
    ],
    env: {NODE_OPTIONS: ''},
    cwd: join(SERVERS, 'npm/prism'),
    isReady: responds(url),
    // It parses a document of 12 MB first.
    patience: 120_000,
  });
  return {...server, url};
};
