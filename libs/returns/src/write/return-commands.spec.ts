import { describe, expect, it } from '@jest/globals';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { returnCommands } from './return-commands.js';

const isValid = (name: string, body: object) => {
  const dto = returnCommands.find((one) => one.name === name)?.dto;
  if (!dto) throw new Error(`No command ${name}`);
  return validateSync(plainToInstance(dto, body), { whitelist: true, forbidNonWhitelisted: true }).length === 0;
};

const charge = { chargeId: 'c', kind: 'discount', quantity: 1, unitPrice: { amount: -5, scale: 2 } };

describe('the bodies', () => {
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
  ])('%s may say what it needs, and must', (name, body) => {
    expect(isValid(name, body)).toBe(true);
    expect(isValid(name, {})).toBe(false);
  });
});

it('every command names the stream of its return', () => {
  for (const { stream } of returnCommands) expect(stream({ returnId: 'x' })).toBe('return-x');
});
