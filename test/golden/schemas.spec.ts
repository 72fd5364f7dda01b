import { expect, it } from '@jest/globals';
import { broken, propertiesOf, withoutPath, type Schema } from './schemas.js';

const text: Schema = { type: 'string' };
const object = (properties: Record<string, Schema>, required = Object.keys(properties)): Schema => ({
  type: 'object',
  properties,
  required,
});
const lines = (line: Schema): Schema => object({ lines: { type: 'array', items: line } });

it('takes a field away in every item and alternative', () => {
  const before = lines({ anyOf: [object({ sku: text, token: text }), object({ token: text })] });
  expect(withoutPath(before, ['lines', 'token'])).toEqual(lines({ anyOf: [object({ sku: text }), object({})] }));
  expect(propertiesOf(before).map((path) => path.join('.'))).toContain('lines.token');
});

it('says what would surprise a consumer, and that more fields do not', () => {
  const before = lines(object({ sku: text, quantity: { type: 'number' } }));
  expect(broken(before, lines(object({ sku: text, quantity: { type: 'number' }, more: text })))).toEqual([]);
  expect(broken(before, lines(object({ sku: text })))).toEqual(['data.lines[].quantity is gone']);
  expect(broken(before, lines(object({ sku: text, quantity: text })))).toEqual([
    'data.lines[].quantity was number and is string',
  ]);
  expect(broken(before, lines(object({ sku: text, quantity: { type: 'number' } }, ['sku'])))).toEqual([
    'data.lines[].quantity may now be absent',
  ]);
});
