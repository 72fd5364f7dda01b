import { beforeAll, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import fc from 'fast-check';
import { bodySchemaOf, normalizerOf } from '#fields';
import { commands } from '#registry';
import { app } from '../api.fixture.js';
import { openApiOf } from '../docs/openapi.js';
import { readBody } from './body-reader.js';

let document: ReturnType<typeof openApiOf>;
let documented: Ajv2020;
beforeAll(() => {
  document = openApiOf(app);
  documented = new Ajv2020({ strict: false, validateFormats: false });
  documented.addSchema({ $id: '/document', ...document });
});

/** The example body of a command in the API's documentation. */
const exampleOf = (name: string): object => {
  const operation = document.paths[`/v1/commands/${name}`]?.post as unknown;
  const { requestBody } = operation as { requestBody: { content: { 'application/json': { example: object } } } };
  return requestBody.content['application/json'].example;
};

type Tree = Record<string, unknown>;

/** Every value in a tree: the object that has it, and its name there. */
const placesIn = (tree: unknown): (readonly [Tree, string])[] =>
  typeof tree === 'object' && tree !== null
    ? Object.entries(tree).flatMap(([name, inner]) => [[tree as Tree, name] as const, ...placesIn(inner)])
    : [];

const strange = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    '',
    'MUG',
    0,
    -1,
    1.5,
    1e9,
    true,
    false,
    [],
    {},
    [[]],
    [{}],
    { amount: 1 },
    '\u{ffff}',
  ),
  fc.constantFrom<unknown>('2026-02-30T10:00:00Z', 'ZZZ', 'ZZ', 'a@b', 'Mars/Olympus', '4111 1111 1111 1111', [
    'MUG',
    'MUG',
  ]),
  fc.string(),
  fc.jsonValue(),
);

/** Changes of a value in a body. */
const changes = {
  replace: (holder: Tree, key: string, what: unknown) => {
    holder[key] = structuredClone(what);
  },
  remove: (holder: Tree, key: string) => {
    if (!Array.isArray(holder)) Reflect.deleteProperty(holder, key);
  },
  add: (holder: Tree, _key: string, what: unknown, name: string) => {
    if (!Array.isArray(holder)) holder[name] = structuredClone(what);
  },
  wrap: (holder: Tree, key: string) => {
    holder[key] = [holder[key]];
  },
  repeat: (holder: Tree, key: string) => {
    const value = holder[key];
    if (Array.isArray(value)) holder[key] = [...(value as unknown[]), ...(value as unknown[])];
  },
  none: () => undefined,
};

const change = fc.record({
  at: fc.nat(),
  how: fc.constantFrom('replace', 'replace', 'remove', 'add', 'wrap', 'repeat', 'none'),
  name: fc.constantFrom('admin', 'title', 'quantity', 'locationId'),
  what: strange,
});

type Change = typeof change extends fc.Arbitrary<infer Value> ? Value : never;

const apply = (body: object, { at, how, name, what }: Change) => {
  const places = placesIn(body);
  const [holder, key] = places[at % Math.max(1, places.length)] ?? [{}, ''];
  changes[how](holder, key, what, name);
};

/** class-validator takes the items of a list in a list for those of the outer list. */
const hasListInList = (tree: unknown): boolean =>
  placesIn(tree).some(([holder, key]) => Array.isArray(holder) && Array.isArray(holder[key]));

const isAccepted = (act: () => unknown) => {
  try {
    act();
    return true;
  } catch {
    return false;
  }
};

it.each(commands.map(({ name, dto }) => [name, dto] as const))(
  '%s: schema, class-validator and documentation accept the same bodies',
  (name, dto) => {
    const body = exampleOf(name);
    const normalize = normalizerOf(bodySchemaOf(dto)) ?? ((value: unknown) => value);
    const isDocumented = documented.compile({ $ref: `/document#/components/schemas/${dto.name}` });
    const seen = { accepted: 0, refused: 0 };
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 2 }), (made) => {
        const sent = structuredClone(body);
        for (const one of made) apply(sent, one);
        const errors = validateSync(plainToInstance(dto, normalize(sent) as object), {
          whitelist: true,
          forbidNonWhitelisted: true,
        });
        const accepted = isAccepted(() => readBody(dto, sent));
        seen[accepted ? 'accepted' : 'refused']++;
        if (accepted) {
          expect(errors).toEqual([]);
          expect([sent, isDocumented(normalize(sent)) || isDocumented.errors]).toEqual([sent, true]);
        } else if (!hasListInList(sent)) expect([sent, errors]).not.toEqual([sent, []]);
      }),
      { numRuns: 100 },
    );
    expect(seen.accepted).toBeGreaterThan(0);
    expect(seen.refused).toBeGreaterThan(0);
  },
);
