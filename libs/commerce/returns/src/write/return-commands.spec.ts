import { describe, expect, it } from '@jest/globals';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { returnCommands } from './return-commands.js';

const isValid = (name: string, body: object) => {
  const dto = returnCommands.find((one) => one.name === name)?.dto;
  if (!dto) throw new Error(`No command ${name}`);
  return validateSync(plainToInstance(dto, body), { whitelist: true, forbidNonWhitelisted: true }).length === 0;
};

const ofReturn = { returnId: 'r-1' };
const units = { lineId: '1', quantity: 1 };
const charge = { chargeId: 'c', kind: 'discount', quantity: 1, unitPrice: { amount: -5, scale: 2 } };

describe('the body of a command', () => {
  it.each<[string, object]>([
    [
      'RecordReturn',
      {
        returnId: 'r-1',
        currency: 'GBP',
        lines: [
          {
            lineId: '1',
            sku: 'TEA',
            quantity: 1,
            unitPrice: { amount: 1, scale: 3 },
            locationId: 'leeds',
            disposition: 'restock',
            original: { orderId: 'o-1', lineId: '1' },
          },
        ],
        credits: [{ ...charge, quantity: -1 }],
      },
    ],
    ['RequestReturn', { ...ofReturn, orderId: 'o-1', lines: [units], reason: 'too-small', refundTo: 'original' }],
    [
      'RequestReturn',
      {
        ...{ ...ofReturn, currency: 'GBP', reason: 'unwanted', refundTo: 'cash', needsApproval: true },
        lines: [{ ...units, sku: 'TEA', unitPrice: { amount: 1, scale: 3 } }],
        ...{ fees: [{ kind: 'restocking', amount: 5 }], refundShipping: true, customerId: 'c-1' },
      },
    ],
    ['ApproveReturn', { ...ofReturn, lines: [units] }],
    ['DeclineReturn', { ...ofReturn, reason: 'too-late' }],
    ['ReceiveReturn', { ...ofReturn, locationId: 'leeds', lines: [{ ...units, sku: 'TEA' }] }],
    ['InspectReturn', { ...ofReturn, locationId: 'leeds', items: [{ ...units, disposition: 'damaged' }] }],
    ['ExchangeReturn', { ...ofReturn, newOrderId: 'o-2' }],
    ['RetryReturnRefund', ofReturn],
    ['PayOutReturn', { ...ofReturn, locationId: 'leeds' }],
    ['CloseReturn', ofReturn],
  ])('%s is valid with these fields, and not without any', (name, body) => {
    expect(isValid(name, body)).toBe(true);
    expect(isValid(name, {})).toBe(false);
  });
});

it('every command names the stream of its return', () => {
  for (const { stream } of returnCommands) expect(stream({ returnId: 'x' })).toBe('return-x');
});

it.each([
  ['fees below zero', { fees: [{ kind: 'other', amount: -1 }] }],
  ['no line', { lines: [] }],
  ['an unknown refundTo', { refundTo: 'elsewhere' }],
  ['the order, which the handler adds', { order: {} }],
])('RequestReturn is invalid with %s', (_, over) => {
  const body = { ...ofReturn, orderId: 'o-1', lines: [units], reason: 'too-small', refundTo: 'original' };
  expect(isValid('RequestReturn', { ...body, ...over })).toBe(false);
});
