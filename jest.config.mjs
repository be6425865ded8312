/** Unit specs sit beside the code; what needs several rooms or a database is in test/. See test/README.md. */
const base = {
  testEnvironment: 'node',
  transform: {
    '^.+\\.[mc]?[tj]s$': ['@swc/jest', {
      jsc: {
        parser: { syntax: 'typescript', decorators: true },
        transform: { legacyDecorator: true, decoratorMetadata: true },
        target: 'es2023',
        keepClassNames: true,
      },
      module: { type: 'commonjs' },
    }],
  },
  extensionsToTreatAsEsm: [],
  transformIgnorePatterns: ['/node_modules/', '/dist/'],
  moduleNameMapper: {
    '^#connector-kit/testing$': '<rootDir>/libs/connector-kit/src/testing/index.ts',
    '^#connectors$': '<rootDir>/connectors/index.ts',
    '^#connectors/(.*)$': '<rootDir>/connectors/$1/src/index.ts',
    '^#([a-z-]+)$': '<rootDir>/libs/$1/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/var/'],
};

export default {
  projects: [
    { ...base, displayName: 'unit', testMatch: ['<rootDir>/{apps,libs,connectors}/**/*.spec.ts'] },
    { ...base, displayName: 'house', testMatch: ['<rootDir>/test/{architecture,golden,issues}/**/*.spec.ts'] },
    { ...base, displayName: 'conformance', testMatch: ['<rootDir>/test/{conformance,fuzz}/**/*.spec.ts'] },
    { ...base, displayName: 'e2e', testMatch: ['<rootDir>/test/e2e/**/*.spec.ts'] },
    { ...base, displayName: 'faults', testMatch: ['<rootDir>/test/faults/**/*.spec.ts'] },
  ],
  testTimeout: 60_000,
};
