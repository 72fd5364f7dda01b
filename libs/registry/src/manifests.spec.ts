import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { capabilities, routes } from './capabilities.js';

const repeated = (names: readonly string[]) => names.filter((name, index) => names.indexOf(name) !== index);

describe('the manifests of all capabilities', () => {
  it.each([
    ['library', capabilities.map(({ name }) => name)],
    ['category of streams', capabilities.flatMap(({ streams }) => streams.map(({ category }) => category))],
    ['event', capabilities.flatMap(({ streams }) => streams.flatMap(({ events }) => Object.keys(events)))],
    ['command', capabilities.flatMap(({ commands }) => commands.map(({ name }) => name))],
    ['command of processes', capabilities.flatMap(({ processCommands }) => Object.keys(processCommands))],
    ['read model', capabilities.flatMap(({ readModels }) => readModels.map(({ name }) => name))],
    ['view', capabilities.flatMap(({ views }) => views.map(({ name }) => name))],
    ['answer', capabilities.flatMap(({ answers }) => Object.keys(answers))],
    ['problem', capabilities.flatMap(({ problems }) => Object.keys(problems))],
  ])('name each %s once', (_, names) => expect(repeated(names)).toEqual([]));

  const audiences = capabilities.flatMap(({ feed }) => Object.values(feed).map(({ audience }) => audience));
  it.each(audiences.flatMap((audience) => (typeof audience === 'object' ? [audience.readersOf] : [])))(
    'show the feed to the readers of %s, which is a read model',
    (name) => expect(capabilities.flatMap(({ readModels }) => readModels.map((one) => one.name))).toContain(name),
  );
});

it('route every command that processes send', () =>
  expect(Object.keys(routes).toSorted()).toEqual(
    capabilities.flatMap(({ processCommands }) => Object.keys(processCommands)).toSorted(),
  ));

describe('the problems of the manifests', () => {
  const known = new Set(['too-large', ...capabilities.flatMap(({ problems }) => Object.keys(problems))]); // a code of the API's own
  const folders = ['libs/commerce', 'libs/flows', 'libs/platform/kernel'];
  const sources = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter(({ name }) => name.endsWith('.ts') && !name.endsWith('spec.ts'))
      .map(({ parentPath, name }) => readFileSync(`${parentPath}/${name}`, 'utf8')),
  );

  it('explain every refusal of the sources', () => {
    const thrown = sources.flatMap((text) => [...text.matchAll(/new DomainError\(\s*'([a-z-]+)'/g)]);
    expect(thrown.length).toBeGreaterThan(100);
    expect(thrown.flatMap(([, code = '']) => (known.has(code) ? [] : [code]))).toEqual([]);
  });
});
