// For `npm run test:servers`: sources against servers that others wrote, started on loopback.
import shared from './jest.config.js';

/** @type {import('jest').Config} */
export default {
  ...shared,
  testMatch: ['<rootDir>/test/servers/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  globalSetup: '<rootDir>/test/servers/set-up.js',
  // Servers that answer in real time, on few cores: one suite after another.
  maxWorkers: 1,
  // What it starts are processes of their own: there is nothing in this one for nock to guard.
  setupFilesAfterEnv: [],
};
