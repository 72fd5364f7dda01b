import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import { defineConfig } from 'eslint/config';
import ts from 'typescript-eslint';

const capabilities = [
  'stock',
  'orders',
  'customers',
  'network',
  'payments',
  'vouchers',
  'sourcing',
  'fulfillment',
  'carts',
  'returns',
  'insights',
];
const doors = capabilities.map((name) => `#${name}`);

/**
 * The architecture: what each folder may import besides its own files. Later lines win.
 * A new lib may import nothing until it has a line here. Apps may import anything by its #name.
 */
const architecture = {
  'libs/*': [], // so the kernel is pure: no framework, no Node, no I/O
  'libs/fields': ['@nestjs/common', '@nestjs/swagger', 'class-validator', 'class-transformer'],
  'libs/event-store': ['#kernel', '@nestjs/common', '@nestjs/cqrs', 'node:.*'],
  'libs/event-store-esdb': [
    '#kernel',
    '#event-store',
    '#wire',
    '@eventstore/db-client/(generated/.*|dist/Client/parseConnectionString.js)',
    '@grpc/grpc-js',
    'google-protobuf/.*',
    'node:.*',
  ],
  'libs/projections': ['#kernel', '#event-store', '#database', '@nestjs/common', 'typeorm', 'node:.*'],
  'libs/database': ['#kernel', '#event-store', '@nestjs/common', 'typeorm', 'pg', 'node:.*'],
  'libs/privacy': ['#kernel', '#event-store', '#database', '@nestjs/common', 'typeorm', 'node:.*'],
  'libs/access': ['#kernel', '#database', '@nestjs/common', '@nestjs/core', 'typeorm', 'node:.*'],

  [`libs/{${capabilities.join(',')}}/src`]: [...doors, '@nestjs/common', '@nestjs/cqrs'], // the module
  'libs/*/src/domain': ['#kernel'],
  'libs/*/src/write': [
    '#kernel',
    '#fields',
    '#event-store',
    '#network', // a command is checked against the channel it comes from
    '#orders', // the ports that orders ask others through
    '@nestjs/common',
    '@nestjs/cqrs',
    '@nestjs/swagger',
    'class-validator',
    'class-transformer',
  ],
  'libs/*/src/provider': ['#kernel', '#fields', '@nestjs/common', 'undici', 'node:.*'], // who moves the money
  'libs/*/src/read': ['#kernel', '#event-store', '#database', '#projections', ...doors, '@nestjs/common', 'typeorm'],

  'libs/processes': [
    '#kernel',
    '#event-store',
    ...doors,
    '@nestjs/common',
    '@nestjs/cqrs',
    'typeorm',
    'node:timers/promises',
  ],
  'libs/verification': ['#kernel', '#event-store', '#catalogue', ...doors, '#projections', 'typeorm', 'node:.*'],
  'libs/relay': [
    '#kernel',
    '#event-store',
    '#catalogue',
    '#network',
    '#stock',
    '#projections',
    'kafkajs',
    'typeorm',
    'node:.*',
  ],
  'libs/channels': [
    '#kernel',
    '#event-store',
    '#relay',
    '#network',
    '#stock',
    '#projections',
    'fastify',
    'kafkajs',
    'csv-parse(/sync)?',
    'typeorm',
    'node:.*',
  ],
  'libs/intake': ['kafkajs', 'node:.*'],
  'libs/catalogue': ['#kernel', '#event-store', '#projections', ...doors],
  'libs/testing': [
    '#kernel',
    '#event-store',
    '#payments',
    '#database',
    '#projections',
    '@jest/globals',
    'kafkajs',
    'node:.*',
  ],
};

const boundaries = Object.entries(architecture).map(([folder, allowed]) => {
  const ownFiles = folder.endsWith('/domain') ? '\\./' : '\\.{1,2}/(?!.*/src/)';
  const notAllowed = `^(?!${[ownFiles, ...allowed.map((name) => `${name}$`)].join('|')})`;
  const message = `${folder} may import only: ${allowed.join(', ') || 'its own files'}. See eslint.config.mjs.`;
  return {
    files: [`${folder}/**/*.ts`],
    ignores: ['**/*.spec.ts', '**/*.int-spec.ts', '**/*.fixture.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: [{ regex: notAllowed, message }] }] },
  };
});

/** Decisions, folds, processes and projections get time and ids from outside: the same input, the same output. */
const pure = {
  files: [
    'libs/kernel/**/*.ts',
    'libs/*/src/domain/**/*.ts',
    'libs/*/src/read/**/*.projection.ts',
    'libs/processes/src/*.process.ts',
  ],
  ignores: ['**/*.spec.ts'],
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
        { allowNumber: true, allow: [{ from: 'file', name: 'Position', path: 'libs/event-store/src/position.ts' }] },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      complexity: ['error', { max: 8, variant: 'modified' }],
      eqeqeq: 'error',
      'max-lines': ['error', 200],
      'max-params': ['error', 4],
      'no-restricted-imports': ['error', { patterns: [{ regex: '\\.\\./.*src/', message: 'Use the #name.' }] }],
    },
  },
  boundaries,
  pure,
  {
    files: ['**/*.spec.ts', '**/*.int-spec.ts', 'test/**/*.ts', 'libs/testing/**/*.ts'],
    rules: { 'max-lines': ['error', 400] },
  },
  prettier,
);
