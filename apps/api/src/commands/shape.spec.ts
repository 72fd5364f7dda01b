import { expect, it } from '@jest/globals';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import fc from 'fast-check';
import { commands } from '#registry';
import { readBody } from './body-reader.js';
import { isSurelyValid, shapeOf } from './shape.js';

const dtoOf = (name: string) => {
  const contract = commands.find((one) => one.name === name);
  if (!contract) throw new Error(`No command ${name}`);
  return contract.dto;
};

const line = { lineId: '1', sku: 'MUG', quantity: 2, unitPrice: { amount: 850, scale: 2 }, method: 'ship' };
const contact = { name: 'Ada', email: 'ada@example.org', phone: '+44 131 496 0000' };
const owner = { type: 'cart', id: 'c-1' };
const bodies: readonly (readonly [name: string, body: object])[] = [
  [
    'PlaceOrder',
    {
      orderId: 'o-1',
      contact,
      shipTo: { lines: ['Flat 2', '1 High Street'], city: 'Edinburgh' },
      country: 'GB',
      lines: [line, { ...line, lineId: '2', attributes: { gift: 'yes' } }],
      charges: [{ chargeId: 's', kind: 'shipping', quantity: 1, unitPrice: { amount: -495, scale: 2 } }],
      attributes: { campaign: 'spring' },
    },
  ],
  ['ReserveStock', { sku: 'MUG', locationId: 'store-1', reservationId: 'r-1', quantity: 5, kind: 'hard', owner }],
  ['RegisterLocation', { locationId: 'store-1', name: 'Store 1', type: 'store', gln: '5901234123457', latitude: 55.9 }],
  ['RegisterCustomer', { customerId: 'c-1', contact, country: 'GB' }],
];

type Tree = Record<string, unknown>;

/** Every place in a tree: the object that holds it, and its name there. */
const placesIn = (tree: unknown): (readonly [Tree, string])[] =>
  typeof tree === 'object' && tree !== null
    ? Object.entries(tree).flatMap(([name, inner]) => [[tree as Tree, name] as const, ...placesIn(inner)])
    : [];

const strange = fc.oneof(
  fc.constantFrom<unknown>(null, '', 'MUG', 0, -1, 1.5, 1e9, NaN, true, [], {}, [[]], [{}], [line], { amount: 1 }, '￿'),
  fc.string(),
  fc.jsonValue(),
);

/** Puts something strange in some places, leaves some out, and adds a name or two. */
const change = fc.record({
  at: fc.nat(),
  how: fc.constantFrom('replace', 'replace', 'remove', 'add', 'wrap', 'none'),
  name: fc.constantFrom('admin', 'title', 'quantity', 'locationId'),
  what: strange,
});

type Change = typeof change extends fc.Arbitrary<infer Value> ? Value : never;

const apply = (body: object, { at, how, name, what }: Change) => {
  const places = placesIn(body);
  const [holder, key] = places[at % places.length] ?? [{}, ''];
  if (how === 'replace') holder[key] = structuredClone(what);
  if (how === 'remove') Reflect.deleteProperty(holder, key);
  if (how === 'add') holder[name] = structuredClone(what);
  if (how === 'wrap') holder[key] = [holder[key]];
};

it.each(bodies)('%s: a glance is enough where nothing is wrong', (name, body) => {
  expect(isSurelyValid(shapeOf(dtoOf(name)), { ...body })).toBe(true);
});

it.each(bodies)('%s: what is accepted at a glance is what class-validator accepts', (name, body) => {
  const dto = dtoOf(name);
  const seen = { accepted: 0, refused: 0 };
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 2 }), (changes) => {
      const sent = structuredClone(body);
      for (const one of changes) apply(sent, one);
      const isFine =
        validateSync(plainToInstance(dto, sent), { whitelist: true, forbidNonWhitelisted: true }).length === 0;
      let isAccepted = true;
      try {
        readBody(dto, sent);
      } catch {
        isAccepted = false;
      }
      seen[isAccepted ? 'accepted' : 'refused']++;
      if (isAccepted) expect(isFine).toBe(true);
    }),
    { numRuns: 1500 },
  );
  expect(seen.accepted).toBeGreaterThan(50);
  expect(seen.refused).toBeGreaterThan(500);
});
