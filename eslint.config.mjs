import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import { defineConfig } from 'eslint/config';
import ts from 'typescript-eslint';
import { oldWords } from './tools/words/eslint-old-words.ts';

/**
 * The capabilities, each with the others that it may import. The order is the order of dependence: a capability
 * may name only those above it, so there can be no cycle; a line that names one below is an error when ESLint starts.
 */
const capabilities = {
  network: [],
  vouchers: [],
  fulfillment: [],
  customers: [],
  orders: ['network'],
  payments: ['orders'],
  stock: ['network', 'orders'],
  sourcing: ['network', 'orders', 'fulfillment'],
  carts: ['network', 'orders'],
  returns: ['network', 'orders'],
};
for (const [index, [name, imports]] of Object.entries(capabilities).entries()) {
  const earlier = Object.keys(capabilities).slice(0, index);
  const cyclic = imports.find((other) => !earlier.includes(other));
  if (cyclic) throw new Error(`eslint.config.mjs: ${name} may not import ${cyclic}, which does not stand above it.`);
}
const all = Object.keys(capabilities).map((name) => `#${name}`);

/** Domains that are written in the terms of another capability: a plan is made of an order's lines and allocations. */
const pureImports = { sourcing: ['#orders'] };

/** What each layer of a capability may import besides its own files, the kernel, and the capabilities in its line. */
const layers = {
  '': ['#capability', '#projections', '#schema', '@nestjs/common', '@nestjs/cqrs'], // manifest, module and index.ts
  '/write': ['#kernel', '#fields', '#event-store', '@nestjs/common', '@nestjs/cqrs'],
  '/provider': ['#kernel', '#fields', '#host', '@nestjs/common', 'node:.*'], // who moves the money
  '/read': ['#kernel', '#event-store', '#database', '#projections', '#schema', '@nestjs/common', 'typeorm'],
};

const layerImports = Object.entries(capabilities).flatMap(([name, imports]) => [
  ...Object.entries(layers).map(([layer, allowed]) => [
    `libs/commerce/${name}/src${layer}`,
    [...imports.map((other) => `#${other}`), ...allowed],
  ]),
  [`libs/commerce/${name}/src/domain`, ['#kernel', ...(pureImports[name] ?? [])]],
]);

/**
 * The architecture: what each folder may import besides its own files. Later lines win.
 * A new lib may import nothing until it has a line here. Apps may import anything by its #name.
 */
const architecture = {
  'libs/**': [], // so the kernel is pure: no framework, no Node, no I/O
  'libs/platform/kernel': ['node:crypto'], // its hash() is pure
  'libs/platform/fields': ['#kernel', '@nestjs/common', '@nestjs/swagger', 'class-validator', 'class-transformer'],
  'libs/platform/event-store': ['#kernel', '@nestjs/common', '@nestjs/cqrs', 'node:.*'],
  'libs/platform/capability': ['#event-store', '#projections', '#schema', '@nestjs/common'],
  'libs/platform/event-store-esdb': [
    '#kernel',
    '#event-store',
    '#wire',
    '@eventstore/db-client/(generated/.*|dist/Client/parseConnectionString.js)',
    '@grpc/grpc-js',
    'google-protobuf/.*',
    'node:.*',
  ],
  'libs/platform/projections': [
    '#kernel',
    '#event-store',
    '#database',
    '#schema',
    '@nestjs/common',
    'typeorm',
    'node:.*',
  ],
  'libs/platform/process-manager': [
    '#kernel',
    '#event-store',
    '#capability',
    '#projections',
    'typeorm',
    'node:timers/promises',
  ],
  'libs/platform/database': ['#kernel', '#event-store', '@nestjs/common', 'typeorm', 'pg', 'node:.*'],
  'libs/platform/privacy': [
    '#kernel',
    '#event-store',
    '#database',
    '@nestjs/common',
    'lru-cache',
    'typeorm',
    'node:.*',
  ],
  'libs/platform/access': ['#kernel', '#database', '@nestjs/common', '@nestjs/core', 'lru-cache', 'typeorm', 'node:.*'],
  'libs/platform/kafka-commands': ['#kernel', 'kafkajs', 'node:.*'],
  'libs/platform/host': ['#kernel', '@nestjs/common', 'fastify', 'pino', 'prom-client', 'undici', 'node:.*'],

  ...Object.fromEntries(layerImports),

  'libs/flows/order-views': [
    '#kernel',
    '#capability',
    '#schema',
    '#event-store',
    '#database',
    '#projections',
    '#orders',
    '#fulfillment',
    '#payments',
    '#returns',
    '#stock',
    '@nestjs/common',
    'typeorm',
  ],
  'libs/flows/processes': ['#kernel', '#event-store', '#database', '#process-manager', '#registry', ...all, 'typeorm'],
  'libs/flows/verification': [
    '#kernel',
    '#event-store',
    '#registry',
    '#order-views',
    ...all,
    '#projections',
    'typeorm',
    'node:.*',
  ],
  'libs/settings': ['#host'],
  'libs/client': [],
  'libs/registry': [
    '#kernel',
    '#event-store',
    '#projections',
    '#capability',
    '#database',
    '#schema',
    '#process-manager',
    '#order-views',
    ...all,
    '@nestjs/common',
    'lru-cache',
    'typeorm',
  ],
  'libs/kafka-publisher': [
    '#kernel',
    '#event-store',
    '#kafka-commands',
    '#registry',
    '#network',
    '#stock',
    '#projections',
    'kafkajs',
    'typeorm',
    'node:.*',
  ],
  'libs/channels': [
    '#kernel',
    '#client',
    '#event-store',
    '#kafka-publisher',
    '#network',
    '#stock',
    '#projections',
    'fastify',
    'kafkajs',
    'csv-parse(/sync)?',
    'typeorm',
    'node:.*',
  ],
  'libs/testing': [
    '#kernel',
    '#event-store',
    '#payments',
    '#process-manager',
    '#database',
    '#projections',
    '@jest/globals',
    'kafkajs',
    'node:.*',
  ],
};

/** A name in `.ts` compiles, and the built product does not start. */
const BUILT_NAMES = { regex: '^\\..*\\.ts$', message: 'Name the built file: it ends in .js.' };

const boundaries = Object.entries(architecture).map(([folder, allowed]) => {
  const ownFiles = folder.endsWith('/domain') ? '\\./' : '\\.{1,2}/(?!.*/src/)';
  const notAllowed = `^(?!${[ownFiles, ...allowed.map((name) => `${name}$`)].join('|')})`;
  const message = `${folder} may import only: ${allowed.join(', ') || 'its own files'}. See eslint.config.mjs.`;
  return {
    files: [`${folder}/**/*.ts`],
    ignores: ['**/*.spec.ts', '**/*.int-spec.ts', '**/*.fixture.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: [{ regex: notAllowed, message }, BUILT_NAMES] }] },
  };
});

/** Decisions, folds, processes and projections get time and ids from outside: the same input, the same output. */
const pure = {
  files: [
    'libs/platform/kernel/**/*.ts',
    'libs/commerce/*/src/domain/**/*.ts',
    'libs/**/*.projection.ts',
    'libs/flows/processes/src/**/*.ts',
  ],
  ignores: ['**/*.spec.ts', '**/*.int-spec.ts', '**/*.fixture.ts', 'libs/flows/processes/src/deadlines/**'],
  rules: {
    'no-restricted-globals': [
      'error',
      'setTimeout',
      'setInterval',
      'setImmediate',
      'queueMicrotask',
      'process',
      'performance',
      'crypto',
    ],
    'no-restricted-properties': [
      'error',
      { object: 'Date', property: 'now', message: 'Time comes in with the message.' },
      { object: 'Math', property: 'random', message: 'Randomness comes in with the message.' },
    ],
    'no-restricted-syntax': [
      'error',
      { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: 'Time comes in with the message.' },
      {
        selector: 'AwaitExpression, FunctionDeclaration[async=true], ArrowFunctionExpression[async=true]',
        message: 'Pure code does not wait.',
      },
    ],
  },
};

export default defineConfig(
  { ignores: ['dist', 'data', 'coverage', '**/*.{mjs,cjs}'] },
  js.configs.recommended,
  ts.configs.strictTypeChecked,
  { languageOptions: { parserOptions: { projectService: true } } },
  {
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off', // Nest types its option objects as classes
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        {
          allowNumber: true,
          allow: [{ from: 'file', name: 'Position', path: 'libs/platform/event-store/src/position.ts' }],
        },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      complexity: ['error', { max: 8, variant: 'modified' }],
      eqeqeq: 'error',
      'max-lines': ['error', 400],
      'max-params': ['error', 4],
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: '\\.\\./.*src/', message: 'Use the #name.' }, BUILT_NAMES] },
      ],
    },
  },
  {
    ignores: ['tools/words/**'], // quotes the old words
    plugins: { kontor: { rules: { 'old-words': oldWords } } },
    rules: { 'kontor/old-words': 'error' },
  },
  boundaries,
  pure,
  { files: ['tools/**/*.ts'], rules: { 'no-restricted-imports': 'off' } }, // they read the apps, too
  prettier,
);
