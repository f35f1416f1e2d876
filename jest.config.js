/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {'\\.ts$': '<rootDir>/scripts/strip-types.js'},
  setupFilesAfterEnv: ['<rootDir>/test/support/network.ts'],
  collectCoverageFrom: ['cdk/**/*.ts', 'sources/**/*.ts', '!**/generated/**', '!**/*.test.ts'],
  coverageProvider: 'v8',
};
