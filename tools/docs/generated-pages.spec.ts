/** `npm run docs` runs this suite with UPDATE_DOCS=1, which writes the pages. */
import { expect, it } from '@jest/globals';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { generatedPages } from './pages.ts';

/** Without links and lists of imports, which may lag behind while files are moved. */
const comparable = (text: string) => text.replaceAll(/\[[^\]]*\]\([^)]*\)|^It imports .*$/gm, '');

it.each(Object.entries(generatedPages()))('%s is what the code says: otherwise run "npm run docs"', (path, text) => {
  if (process.env['UPDATE_DOCS']) writeFileSync(path, text);
  expect(comparable(existsSync(path) ? readFileSync(path, 'utf8') : '')).toBe(comparable(text));
});
