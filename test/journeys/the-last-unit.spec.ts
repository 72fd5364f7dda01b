import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Kontor } from '../support/kontor.js';
import { openShop } from '../support/shop.js';
import { sell } from '../demo/sale.js';

let kontor: Kontor;

beforeAll(async () => {
  kontor = await Kontor.start();
  await openShop(kontor.staff);
});

afterAll(() => kontor.stop(), 60_000);

it.each([
  { units: 1, victim: 'worker' as const },
  { units: 1, victim: 'api' as const },
  { units: 20, victim: 'event-store' as const },
  { units: 20, victim: 'postgres' as const },
])(
  'stock of $units is sold once, other buyers are rejected, and nothing stays reserved, although the process $victim is killed',
  async ({ units, victim }) => {
    await expect(sell(kontor, { units, buyers: 200, victim })).resolves.toMatchObject({
      right: true,
      sold: units,
      refused: 200 - units,
      otherwise: 0,
      leftReserved: 0,
    });
  },
  120_000,
);
