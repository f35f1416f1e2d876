// jest's set-up of a repository of connectors: `{"jest": {"preset": "headwater"}}` in its package.json. Tests are TypeScript, reach
// no network, and the run fails if a secret of a test was printed.
import {createRequire} from 'node:module';
import {extname, join} from 'node:path';

// jest loads this first: the transformer would print a stack trace on an older Node.
createRequire(import.meta.url)('../../../scripts/node-version.cjs');

/** `.ts` in a checkout of the kit, `.js` in the package. */
const here = (name: string): string =>
  join(import.meta.dirname, `${name}${extname(import.meta.filename)}`);

export default {
  testEnvironment: 'node',
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {'\\.ts$': here('strip-types')},
  setupFilesAfterEnv: [here('no-network')],
  globalSetup: here('start'),
  globalTeardown: here('finish'),
};
