// For `npm run test:image`: the tests that need a container engine, which `npm test` leaves out.
import shared from './jest.config.js';

/** @type {import('jest').Config} */
export default {
  ...shared,
  testMatch: ['<rootDir>/test/image/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  // What it starts are containers: there is nothing in this process for nock to guard.
  setupFilesAfterEnv: [],
};
