import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { code } from './markdown.ts';

const MARK = '<!-- imports -->';

interface Library {
  readonly folder: string;
  /** As other folders import it, for example `#stock`. */
  readonly name: string;
}

const { imports } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  imports: Readonly<Record<string, { readonly source: string }>>;
};
const libraries: readonly Library[] = Object.entries(imports).flatMap(([name, { source }]) =>
  source.endsWith('/src/index.ts') ? [{ name, folder: source.replace('./', '').replace('/src/index.ts', '') }] : [],
);
const names = libraries.map(({ name }) => name);
const apps = readdirSync('apps').map((name) => `apps/${name}`);

/** @returns the libraries that the product's code in a folder imports */
const importsOf = (folder: string): readonly string[] => {
  const texts = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /(?<!\.(spec|int-spec|fixture))\.ts$/.test(entry.name))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
  return names.filter((name) => texts.some((text) => text.includes(`from '${name}'`)));
};

const listOf = (found: readonly string[]) => (found.length > 0 ? found.map(code).join(', ') : 'nothing of the product');

/** The README of each library, its own words followed by what it imports and what imports it. */
export const libraryReadmes = (): Readonly<Record<string, string>> => {
  const folders = [...libraries.map(({ folder }) => folder), ...apps];
  const found = new Map(folders.map((folder) => [folder, importsOf(folder)]));
  return Object.fromEntries(
    libraries.flatMap(({ folder, name }) => {
      const path = `${folder}/README.md`;
      const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
      const [words = ''] = text.split(MARK);
      const users = folders.filter((other) => found.get(other)?.includes(name));
      const lines = [
        `It imports ${listOf(found.get(folder) ?? [])}. Imported by ${listOf(users)}.`,
        'What it may import is its line in the table of [eslint.config.mjs](' +
          `${'../'.repeat(folder.split('/').length)}eslint.config.mjs).`,
      ];
      return [[path, `${words.trimEnd()}\n\n${MARK}\n\n${lines.join('\n')}\n`]];
    }),
  );
};
