import { readFileSync } from 'node:fs';

/** `#name` to the source of the library, as package.json says it. */
const { imports } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));
const libraries = Object.fromEntries(
  Object.entries(imports).map(([name, { source }]) => [`^${name}$`, source.replace('./', '<rootDir>/')]),
);

/**
 * Three suites: `unit` (next to the code, no process, no network), `integration` (a lib against the real part that it
 * talks to, `*.int-spec.ts`) and `product` (test/: the product as it ships, over HTTP).
 */
const common = {
  testEnvironment: 'node',
  transform: {
    '^.+\\.[jt]s$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          target: 'es2024',
        },
        module: { type: 'commonjs', ignoreDynamic: true },
        sourceMaps: 'inline',
      },
    ],
  },
  transformIgnorePatterns: ['/node_modules/(?!@nestjs/)'], // Nest 12 ships ES modules only
  moduleNameMapper: { ...libraries, '^(\\.{1,2}/.*)\\.js$': '$1' },
};

/** @type {import('jest').Config} */
export default {
  maxWorkers: 3, // many suites wait for processes, so one more than the smallest machine has cores
  testTimeout: 120_000, // a busy machine is no fault of the product; what must be fast says so by itself
  projects: [
    {
      ...common,
      displayName: 'unit',
      roots: ['<rootDir>/apps', '<rootDir>/libs', '<rootDir>/test/golden', '<rootDir>/tools'],
      testMatch: ['**/*.spec.ts'],
    },
    {
      ...common,
      displayName: 'integration',
      roots: ['<rootDir>/apps', '<rootDir>/libs'],
      testMatch: ['**/*.int-spec.ts'],
    },
    {
      ...common,
      displayName: 'product',
      roots: ['<rootDir>/test'],
      testPathIgnorePatterns: ['<rootDir>/test/golden'],
      testMatch: ['**/*.spec.ts'],
    },
  ],
};
