/** For specs: an ordinary fulfillment order. */
import { type FulfillmentCommand, type FulfillmentDetails, type FulfillmentEvent } from './fulfillment-messages.js';

export const fulfillmentId = 'f-1';
const orderId = 'o-1';

type CommandData<Type extends FulfillmentCommand['type']> = Extract<FulfillmentCommand, { type: Type }>['data'];

export const details = (overrides: Partial<FulfillmentDetails> = {}): FulfillmentDetails => ({
  orderId,
  channel: 'web',
  locationId: 'leeds',
  method: 'ship',
  lines: [
    { lineId: '1', sku: 'TEA', quantity: 3, reservationId: 'r-1' },
    { lineId: '2', sku: 'CUP', quantity: 1, reservationId: 'r-2' },
  ],
  acceptBy: '2026-01-02T12:00:00.000Z',
  attempt: 1,
  ...overrides,
});

export const assigned = (overrides: Partial<FulfillmentDetails> = {}): FulfillmentEvent => ({
  type: 'FulfillmentAssigned',
  data: details(overrides),
});

/** A command that is sent by the location that has the goods. */
export const locationCommand = <Type extends FulfillmentCommand['type']>(
  type: Type,
  data: Partial<CommandData<Type>> = {},
): FulfillmentCommand =>
  ({ type, data: { fulfillmentId, locationId: 'leeds', ...data } }) as unknown as FulfillmentCommand;

/** An event of this fulfillment order. */
export const fulfillmentEvent = <Type extends FulfillmentEvent['type']>(
  type: Type,
  data: Omit<Extract<FulfillmentEvent, { type: Type }>['data'], 'orderId'>,
): FulfillmentEvent => ({ type, data: { orderId, ...data } }) as unknown as FulfillmentEvent;
