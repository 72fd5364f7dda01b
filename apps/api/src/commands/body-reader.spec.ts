import { describe, expect, it } from '@jest/globals';
import { commands } from '#registry';
import { type Problem } from '../http/problem.js';
import { readBody } from './body-reader.js';

const dtoOf = (name: string) => {
  const contract = commands.find((one) => one.name === name);
  if (!contract) throw new Error(`No command ${name}`);
  return contract.dto;
};

const line = { lineId: '1', sku: 'MUG', quantity: 2, unitPrice: { amount: 850, scale: 2 }, method: 'ship' };
const anOrder = { orderId: 'o-1', lines: [line] };

const reading = (name: string, body: unknown) => () => readBody(dtoOf(name), body);

const errorsOf = (act: () => unknown) => {
  try {
    act();
  } catch (error) {
    return (error as Problem).members['errors'];
  }
  return 'accepted';
};

describe('reading a body', () => {
  it('writes SKUs, references and instants in one way', () => {
    const sent = { ...anOrder, externalRef: ' W  1 ', lines: [{ ...line, sku: 'MUG\u00a0' }] };
    expect(readBody(dtoOf('PlaceOrder'), sent)).toMatchObject({ externalRef: 'W 1', lines: [line] });
    const body = { transferId: 't', lines: [{ sku: 'MUG', quantity: 1 }], eta: '2026-01-31T17:30+01:00' };
    expect(readBody(dtoOf('ShipTransfer'), body)).toMatchObject({ eta: '2026-01-31T16:30:00.000Z' });
  });

  it('adds defaults before the fields that were sent', () => {
    const body = readBody(dtoOf('PlaceOrder'), anOrder);
    expect(Object.entries(body)).toStrictEqual([
      ['charges', []],
      ['lines', [line]],
      ['orderId', 'o-1'],
    ]);
  });

  it('does not share a default between bodies', () => {
    const [one, other] = [1, 2].map(() => readBody(dtoOf('PlaceOrder'), anOrder) as { charges: unknown[] });
    expect(one?.charges).not.toBe(other?.charges);
  });

  it('names the field of every broken rule, also in lists', () => {
    const body = { ...anOrder, orderId: '', lines: [line, { ...line, unitPrice: { amount: 0.5, scale: 2 } }] };
    expect(errorsOf(reading('PlaceOrder', body))).toEqual([
      { field: 'lines.1.unitPrice.amount', message: 'amount must be an integer number' },
      { field: 'orderId', message: expect.stringContaining('orderId must match') },
    ]);
  });

  it('reports a missing field once', () => {
    expect(errorsOf(reading('RecordOrder', { orderId: 'o-1', currency: 'GBP' }))).toEqual([
      { field: 'lines', message: 'is required' },
    ]);
    const body = { ...anOrder, tenders: [{ tenderId: 'card', kind: 'card' }] };
    expect(errorsOf(reading('PlaceOrder', body))).toEqual([{ field: 'tenders.0.amount', message: 'is required' }]);
  });

  it('refuses unknown fields at every level', () => {
    const body = { ...anOrder, admin: true, lines: [{ ...line, discount: 1 }] };
    expect(errorsOf(reading('PlaceOrder', body))).toEqual([
      { field: 'admin', message: 'is not a field of this command' },
      { field: 'lines.0.discount', message: 'is not a field of this command' },
    ]);
  });

  it.each(['constructor', 'toString', 'hasOwnProperty', '__proto__'])('refuses a field called %s', (name) => {
    const body = JSON.parse(`{"orderId":"o-1","lines":[],"${name}":{"x":1}}`) as object;
    expect(errorsOf(reading('PlaceOrder', body))).toEqual([{ field: name, message: 'is not a name for a field' }]);
    const nested = JSON.parse(`{"orderId":"o-1","lines":[{"${name}":1}]}`) as object;
    expect(errorsOf(reading('PlaceOrder', nested))).toEqual([{ field: name, message: 'is not a name for a field' }]);
  });

  it('refuses a list instead of an object, an object instead of a list, and wrong items', () => {
    const fields = (body: object) =>
      (errorsOf(reading('PlaceOrder', body)) as { field: string }[]).map(({ field }) => field);
    expect(fields({ ...anOrder, contact: [] })).toContain('contact');
    expect(fields({ ...anOrder, contact: 'Ada' })).toContain('contact');
    expect(fields({ ...anOrder, lines: line })).toContain('lines');
    for (const lines of [[1], [null], [[line]], [[]]])
      expect(fields({ ...anOrder, lines })).toEqual([expect.stringMatching(/^lines(\.0)?$/)]);
  });

  it.each([null, undefined, 1, 'text', [], [anOrder]])('refuses %j as a body', (body) => {
    expect(errorsOf(reading('PlaceOrder', body))).toEqual([{ field: '', message: 'the body must be a JSON object' }]);
  });

  it('refuses null for a field that may be left out', () => {
    expect(errorsOf(reading('PlaceOrder', { ...anOrder, customerId: null }))).not.toBe('accepted');
  });

  it('refuses a body that is nested deeper than eight levels', () => {
    const deep = (levels: number): object => (levels === 0 ? {} : { a: deep(levels - 1) });
    expect(errorsOf(reading('PlaceOrder', deep(8)))).toEqual([{ field: '', message: 'a body has at most 8 levels' }]);
  });

  it('reports a value of the wrong kind once', () => {
    const unitPrice = { amount: '1', scale: 2 };
    expect(errorsOf(reading('PlaceOrder', { ...anOrder, lines: [{ ...line, unitPrice }] }))).toEqual([
      { field: 'lines.0.unitPrice.amount', message: 'amount must be an integer number' },
    ]);
  });

  it('names the wrong field in its detail, or the whole body', () => {
    expect(reading('PlaceOrder', { ...anOrder, customerId: 1 })).toThrow(/^customerId must /);
    const lines = [{ ...line, unitPrice: 24.99 }];
    expect(reading('PlaceOrder', { ...anOrder, lines })).toThrow(/^lines\.0\.unitPrice must be an object/);
    expect(reading('PlaceOrder', [])).toThrow(/^the body must be a JSON object$/);
  });

  it('reports at most fifty errors', () => {
    const lines = Array.from({ length: 500 }, () => ({}));
    expect(errorsOf(reading('PlaceOrder', { ...anOrder, lines }))).toHaveLength(50);
  });
});
