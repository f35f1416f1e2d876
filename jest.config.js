/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: [
    '/node_modules/',
    '/dist/',
    '/test/clients/',
    '/acceptance-tests/broken/',
    '/test/image/',
    '/test/servers/',
  ],
  modulePathIgnorePatterns: ['<rootDir>/.clients/', '<rootDir>/.servers/', '<rootDir>/.bench/'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {'\\.ts$': '<rootDir>/scripts/strip-types.js'},
  globalSetup: '<rootDir>/test/secret-scan/start.ts',
  globalTeardown: '<rootDir>/test/secret-scan/finish.ts',
  setupFilesAfterEnv: ['<rootDir>/test/http/network.ts'],
  collectCoverageFrom: ['cdk/**/*.ts', 'sources/**/*.ts', '!**/generated/**', '!**/*.test.ts'],
  coverageProvider: 'v8',
};
