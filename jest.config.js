// The projects of a run are named in HEADWATER_TESTS: `quick` unless it says otherwise.
//   quick    what a contributor waits for
//   slow     files that end in `.slow.test.ts`; tests that ask for it (test/cases.ts) try more cases when it is named
//   servers  sources against servers that others wrote, started on loopback
//   clients  sources run by clients that others wrote
//   image    sources as images, where a container engine answers
//   package  the published packages, installed and used outside of the checkout; needs a registry
//   broken   each broken connector through the whole acceptance suite
import {availableParallelism} from 'node:os';
import preset from './cdk/testing/jest/preset.ts';

const SLOW = '\\.slow\\.test\\.ts$';
const OTHERS = [
  '/acceptance-tests/broken/',
  '/test/clients/',
  '/test/image/',
  '/test/package/',
  '/test/servers/',
];
const NOT_OURS = ['/node_modules/', '/dist/'];

// The preset of every repository of connectors; globalSetup and globalTeardown are not for each project.
const {setupFilesAfterEnv, globalSetup, globalTeardown, ...common} = preset;

const shared = {
  ...common,
  testPathIgnorePatterns: NOT_OURS,
  modulePathIgnorePatterns: ['.clients', '.servers', '.bench', 'dist', 'packages'].map(
    (folder) => `<rootDir>/${folder}/`,
  ),
};

const inProcess = {...shared, setupFilesAfterEnv};

// These start processes and containers: nock has nothing to guard in this one.
const PROJECTS = {
  quick: {
    ...inProcess,
    testMatch: ['**/*.test.ts'],
    testPathIgnorePatterns: [...NOT_OURS, ...OTHERS, SLOW],
  },
  slow: {...inProcess, testMatch: ['**/*.slow.test.ts']},
  servers: {
    ...shared,
    testMatch: ['<rootDir>/test/servers/*.test.ts'],
    globalSetup: '<rootDir>/scripts/install-servers.js',
  },
  clients: {
    ...shared,
    testMatch: ['<rootDir>/test/clients/*.test.ts'],
    globalSetup: '<rootDir>/scripts/install-clients.js',
  },
  image: {...shared, testMatch: ['<rootDir>/test/image/*.test.ts']},
  package: {...shared, testMatch: ['<rootDir>/test/package/*.test.ts']},
  broken: {...inProcess, testMatch: ['<rootDir>/acceptance-tests/broken/*.test.ts']},
};

const names = (process.env.HEADWATER_TESTS ?? 'quick').split(' ');
for (const name of names) {
  if (!Object.hasOwn(PROJECTS, name)) {
    throw new Error(
      `HEADWATER_TESTS names the project "${name}"; there are ${Object.keys(PROJECTS).join(', ')}.`,
    );
  }
}

/** @type {import('jest').Config} */
export default {
  // For tests that start programs on a busy machine.
  testTimeout: 30_000,
  // Some tests wait for time-outs and for programs: another one can use the core meanwhile.
  maxWorkers: availableParallelism() + 1,
  projects: names.map((name) => ({...PROJECTS[name], displayName: name})),
  reporters: [
    'default',
    ...(names.join() === 'quick' ? ['<rootDir>/scripts/report-left-out.js'] : []),
  ],
  // Once a run, around all of its projects.
  globalSetup,
  globalTeardown,
  collectCoverageFrom: ['cdk/**/*.ts', 'sources/**/*.ts', '!**/generated/**', '!**/*.test.ts'],
  coverageProvider: 'v8',
};
