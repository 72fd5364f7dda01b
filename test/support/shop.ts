import { randomUUID } from 'node:crypto';
import { type Client } from './client.js';

const location = (locationId: string, type: string) => ({ locationId, name: locationId, type, country: 'GB' });

const channel = (channelId: string, kind: string, more: object = {}) => ({
  channelId,
  name: channelId,
  kind,
  currency: 'GBP',
  locale: 'en-GB',
  locations: [
    { locationId: 'warehouse', methods: ['ship'], safetyStock: 0 },
    { locationId: 'store', methods: ['ship', 'pickup', 'carry-out'], safetyStock: 0 },
  ],
  reservationTtlSeconds: 900,
  promisesIncoming: false,
  ...more,
});

/** Opens a warehouse and a store. Web, app and till sell from both, the marketplace from the warehouse with a safety stock of 2. */
export const openShop = async (staff: Client): Promise<void> => {
  await staff.done('RegisterLocation', location('warehouse', 'warehouse'));
  await staff.done('RegisterLocation', location('store', 'store'));
  await staff.done('ConfigureChannel', channel('web', 'web'));
  await staff.done('ConfigureChannel', channel('app', 'app'));
  await staff.done('ConfigureChannel', channel('till', 'till'));
  const locations = [{ locationId: 'warehouse', methods: ['ship'], safetyStock: 2 }];
  await staff.done('ConfigureChannel', channel('marketplace', 'marketplace', { locations }));
  // Carts of this channel are reserved for a second.
  await staff.done('ConfigureChannel', channel('flash', 'other', { reservationTtlSeconds: 1 }));
};

export const aSku = (name = 'MUG') => `${name}-${randomUUID().slice(0, 8)}`;

/** Receives units of a new SKU at a location. @returns the SKU */
export const stocked = async (staff: Client, quantity: number, locationId = 'warehouse'): Promise<string> => {
  const sku = aSku();
  await staff.done('ReceiveStock', { sku, locationId, quantity, ref: `delivery-${sku}` });
  return sku;
};

export const aLine = (sku: string, quantity = 1, more: object = {}) => ({
  lineId: '1',
  sku,
  quantity,
  unitPrice: { amount: 850, scale: 2 },
  method: 'ship',
  ...more,
});

export const anOrder = (lines: readonly object[], more: object = {}) => ({ orderId: randomUUID(), lines, ...more });

/** The availability of a SKU on each of the channels. */
export const promised = async (staff: Client, sku: string, channels: readonly string[]): Promise<unknown[]> => {
  const answers = channels.map((one) => staff.read(`/v1/availability?channel=${one}&sku=${encodeURIComponent(sku)}`));
  return (await Promise.all(answers)).map(({ items }) => (items as { atp: number }[])[0]?.atp);
};
