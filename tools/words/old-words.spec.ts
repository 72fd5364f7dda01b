import { expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { finderOf, readOldWords } from './old-words.ts';

const root = process.cwd();
const words = readOldWords(root);
const find = finderOf(words);

/** Quotes the old words, or lists what was written with them. */
const SKIPPED = ['tools/words', 'CHANGELOG.md', 'docs/asyncapi.json', 'test/golden/events', 'test/golden/shapes.json'];
const FOLDERS = ['apps', 'libs', 'test', 'tools', 'docs', 'deploy'];

const files = [
  ...FOLDERS.flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(ts|md)$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name)),
  ),
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
].filter((path) => !SKIPPED.some((skipped) => path.startsWith(skipped)));

const found = files.flatMap((path) => {
  const text = readFileSync(path, 'utf8');
  const inText = find(text).map(({ index, ...match }) => ({ ...match, at: `${path}:${lineOf(text, index)}` }));
  return [...find(path).map((match) => ({ ...match, at: path })), ...inText];
});

function lineOf(text: string, index: number) {
  return text.slice(0, index).split('\n').length;
}

it.each(words)('uses "$old" in no more places than before', ({ old, say, still = 0 }) => {
  const places = found.filter(({ word }) => word.old === old).map(({ text, at }) => `${at} ${text}`);
  const tooMany = places.length > still ? [`${places.length} places, at most ${still}. Say: ${say}`, ...places] : [];
  expect(tooMany).toEqual([]);
});

it('finds whole words only, in names and in sentences', () => {
  const texts = find('const MOST_LINES = 3; // the books, not notebooks; MOST.').map(({ text }) => text);
  expect(texts).toEqual(['MOST_LINES', 'the books']);
});
