/** What commands declare as sealed is sealed in every event that has it. */
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { personalPaths } from '#kernel';
import { freeTextsOf } from '#fields';
import { commands, eventDefinitions } from '#registry';
import { type Schema, Schemas } from './schemas.js';

const events = new Schemas(join(__dirname, '../..'), ['libs/commerce/*/src/domain/*.ts']).events();

/** Dotted paths of everything in it but codes from a list. */
const pathsIn = ({ properties = {}, items, anyOf = [], enum: codes }: Schema, at: readonly string[] = []): string[] => [
  ...(codes || at.length === 0 ? [] : [at.join('.')]),
  ...[...(items ? [items] : []), ...anyOf].flatMap((part) => pathsIn(part, at)),
  ...Object.entries(properties).flatMap(([name, property]) => pathsIn(property, [...at, name])),
];

/** Paths of sealed texts, from the object that they are in. A reason in words is the note of the event. */
const SEALED = new Set(
  commands.flatMap(({ dto }) =>
    [...freeTextsOf(dto).declared].flatMap(([path, { as }]) =>
      as === 'sealed' ? [path.split('.').slice(-2).join('.')] : as === 'note' ? ['note'] : [],
    ),
  ),
);

it('nothing that is sealed in one event is in clear in another', () => {
  expect(SEALED.size).toBeGreaterThan(8);
  const inClear = Object.entries(eventDefinitions).flatMap(([type, definition]) =>
    pathsIn(events.get(type) ?? {})
      .filter((path) => [...SEALED].some((sealed) => path === sealed || path.endsWith(`.${sealed}`)))
      .filter((path) => !personalPaths(definition).some((sealed) => path === sealed || path.startsWith(`${sealed}.`)))
      .map((path) => `${type}.${path}`),
  );
  expect(inClear).toEqual([]);
});

it('every sealed field of an event is one that the event has', () => {
  const unknown = Object.entries(eventDefinitions).flatMap(([type, definition]) => {
    const paths = new Set(pathsIn(events.get(type) ?? {}));
    return personalPaths(definition)
      .filter((path) => !paths.has(path))
      .map((path) => `${type}.${path}`);
  });
  expect(unknown).toEqual([]);
});
