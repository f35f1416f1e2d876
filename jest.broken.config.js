// For `npm run test:broken`: each broken connector through the whole acceptance suite, which takes a minute or two.
import shared from './jest.config.js';

/** @type {import('jest').Config} */
export default {
  ...shared,
  testMatch: ['<rootDir>/acceptance-tests/broken/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
};
