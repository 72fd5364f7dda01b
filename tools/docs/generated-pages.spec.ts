/** `npm run docs` runs this suite with UPDATE_DOCS=1, which writes the pages. */
import { expect, it } from '@jest/globals';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { generatedPages } from './pages.ts';

it.each(Object.entries(generatedPages()))('%s is what the code says: otherwise run "npm run docs"', (path, text) => {
  if (process.env['UPDATE_DOCS']) writeFileSync(path, text);
  expect(existsSync(path) ? readFileSync(path, 'utf8') : '').toBe(text);
});
