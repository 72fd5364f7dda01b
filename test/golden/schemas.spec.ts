import { expect, it } from '@jest/globals';
import { broken, propertiesOf, withoutPath, type Schema } from './schemas.js';

const text: Schema = { type: 'string' };
const object = (properties: Record<string, Schema>, required = Object.keys(properties)): Schema => ({
  type: 'object',
  properties,
  required,
});
const lines = (line: Schema): Schema => object({ lines: { type: 'array', items: line } });

it('a path is removed in every item and alternative of a schema', () => {
  const before = lines({ anyOf: [object({ sku: text, token: text }), object({ token: text })] });
  expect(withoutPath(before, ['lines', 'token'])).toEqual(lines({ anyOf: [object({ sku: text }), object({})] }));
  expect(propertiesOf(before).map((path) => path.join('.'))).toContain('lines.token');
});

it('removed, retyped and newly optional fields are reported, and added fields are not', () => {
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
