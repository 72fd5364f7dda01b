import { expect, it } from '@jest/globals';
import { integer, listOf, object, oneOf, orNull, recordOf, text, type ValueOf } from './schema.js';

const line = object({ sku: text, quantity: integer, 'note?': text });
const order = object({
  state: oneOf('open', 'closed'),
  lines: listOf(line),
  owner: orNull(text),
  sums: recordOf(integer),
});

it('describes optional properties by their names', () => {
  expect(line).toEqual({
    type: 'object',
    required: ['sku', 'quantity'],
    properties: { sku: { type: 'string' }, quantity: { type: 'integer' }, note: { type: 'string' } },
  });
});

it('allows null where it is said', () => {
  expect(orNull(text)).toEqual({ type: ['string', 'null'] });
  expect(orNull(oneOf('a'))).toEqual({ type: ['string', 'null'], enum: ['a', null] });
  expect(orNull({ $ref: '#/x' })).toEqual({ anyOf: [{ $ref: '#/x' }, { type: 'null' }] });
});

it('gives the type of what it describes', () => {
  type Order = ValueOf<typeof order>;
  const right: Order = { state: 'open', lines: [{ sku: 'TEA', quantity: 1 }], owner: null, sums: { GBP: 1 } };
  // @ts-expect-error -- no such state
  const state: Order['state'] = 'opened';
  // @ts-expect-error -- a line without its quantity
  const lines: Order['lines'] = [{ sku: 'TEA' }];
  expect([order['type'], right.owner, state, lines.length]).toEqual(['object', null, 'opened', 1]);
});
