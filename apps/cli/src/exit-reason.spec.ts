import { expect, it } from '@jest/globals';
import { exitReason } from './exit-reason.js';

it('the reason of a stack trace is its error', () => {
  const lines = [
    'file:///somewhere/main.js:4',
    'const api = await createApi(process.env);',
    '            ^',
    '',
    'Error: listen EADDRINUSE: address already in use 127.0.0.1:7070',
    '    at Server.setupListenHandle [as _listen2] (node:net:1940:16)',
    "  code: 'EADDRINUSE',",
    '}',
    '',
    'Node.js v24.0.0',
  ];
  expect(exitReason(lines)).toEqual(['Error: listen EADDRINUSE: address already in use 127.0.0.1:7070']);
});

it('the reason without a stack trace is the last five lines', () => {
  expect(exitReason(['1', '2', '3', '4', '5', 'kontor event-store: the folder is in use'])).toEqual([
    '2',
    '3',
    '4',
    '5',
    'kontor event-store: the folder is in use',
  ]);
});
