// For `npm run test:clients`: sources run by the clients that others wrote.
import shared from './jest.config.js';

/** @type {import('jest').Config} */
export default {
  ...shared,
  testMatch: ['<rootDir>/test/clients/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  globalSetup: '<rootDir>/test/clients/set-up.js',
  // Every client is a program with programs of its own, on few cores: one after another.
  maxWorkers: 1,
  // What it starts are processes: there is nothing in this one for nock to guard.
  setupFilesAfterEnv: [],
};
