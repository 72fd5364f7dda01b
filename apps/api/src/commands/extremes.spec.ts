import { beforeAll, expect, it } from '@jest/globals';
import { parseInstant } from '#kernel';
import { commands } from '#registry';
import { aLocation, app, logged, send } from '../api.fixture.js';
import { openApiOf } from '../docs/openapi.js';

type Tree = Record<string, unknown>;

const exampleOf = (name: string): object => {
  const operation = openApiOf(app).paths[`/v1/commands/${name}`]?.post as unknown;
  const { requestBody } = operation as { requestBody: { content: { 'application/json': { example: object } } } };
  return requestBody.content['application/json'].example;
};

const placesIn = (tree: unknown): (readonly [Tree, string])[] =>
  typeof tree === 'object' && tree !== null
    ? Object.entries(tree).flatMap(([name, inner]) => [[tree as Tree, name] as const, ...placesIn(inner)])
    : [];

const holderAt = (tree: object, index: number): Tree => placesIn(tree)[index]?.[0] ?? {};

/** What PostgreSQL cannot hold. */
const texts = ['a\u0000', '\ud800', '\u0000'];
const instants = [
  ...['0000-01-01T00:00:00Z', '2026-02-30T00:00:00Z', '9999-12-31T23:59:59-14:00', '1899-12-31T23:59:59Z'],
  ...['2026-01-31T17:30:00+23:00', '2026-01-31T24:00:00Z', '2026-W05', '2026-031'],
];
const numbers = [Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER, 1e308, 1_000_000_000_000, 2 ** 31, 1_000_000, 0];

const extremesOf = (example: unknown): readonly unknown[] => {
  if (typeof example === 'number') return numbers;
  if (typeof example !== 'string') return [];
  return parseInstant(example) === undefined ? texts : [...texts, ...instants];
};

const isBad = (value: unknown, status: number) => status >= 500 || (typeof value === 'string' && status !== 400);

/** Sends the example with each of its values replaced by each extreme one. @returns what was answered wrongly */
const wronglyAnswered = async (name: string) => {
  const example = exampleOf(name);
  const wrong: unknown[] = [];
  for (const [index, [holder, key]] of placesIn(example).entries()) {
    for (const value of extremesOf(holder[key])) {
      const sent = structuredClone(example);
      holderAt(sent, index)[key] = value;
      const { status, body } = await send(name, sent, { 'kontor-channel': 'web' });
      if (isBad(value, status)) wrong.push({ key, value, status, code: body['code'], log: logged.at(-1) });
    }
  }
  return wrong;
};

beforeAll(async () => {
  for (const locationId of ['store-1', 'store-12', 'warehouse'])
    await send('RegisterLocation', { ...aLocation, locationId });
  await send('ConfigureChannel', { ...exampleOf('ConfigureChannel'), channelId: 'web' });
});

it.each(commands.map(({ name }) => name))('%s refuses what cannot be stored, and fails at nothing', async (name) => {
  expect(await wronglyAnswered(name)).toEqual([]);
});
