import { type Answer, type Client, type Fields } from './client.js';
import { anOrder } from './shop.js';
import { until } from './until.js';

/** Places an order on a channel and waits for the answer. */
export const place = async (staff: Client, lines: readonly object[], more: object = {}, channel = 'web') => {
  const order = anOrder(lines, more);
  const answer: Answer = await staff.send('PlaceOrder', order, { channel, wait: 20 });
  return { orderId: order.orderId, state: (answer.body as Fields)['state'], answer };
};

/** As {@link place}. @throws Error unless it is confirmed */
export const confirmed = async (staff: Client, lines: readonly object[], more: object = {}, channel = 'web') => {
  const { orderId, state, answer } = await place(staff, lines, more, channel);
  if (state !== 'confirmed') throw new Error(`Not confirmed: ${answer.status} ${JSON.stringify(answer.body)}`);
  return orderId;
};

export const aTender = (amount: number, more: object = {}) => ({
  tenderId: 'card',
  kind: 'card',
  amount,
  token: 'tok_visa',
  ...more,
});

const matches = (found: Fields | undefined, expected: Fields) =>
  Object.entries(expected).every(([name, value]) => found?.[name] === value);

/** Waits until the order has these values. */
export const orderBecomes = (client: Client, orderId: string, expected: Fields): Promise<Fields> => {
  const read = async () => {
    const order = await client.read(`/v1/orders/${orderId}`);
    return matches(order, expected) && order;
  };
  return until(read, { for: `order ${orderId} to be ${JSON.stringify(expected)}`, withinMs: 30_000, everyMs: 50 });
};

/** Waits until the payment of a tender has these values. */
export const paymentBecomes = (staff: Client, orderId: string, tenderId: string, expected: Fields): Promise<Fields> => {
  const paymentId = `${orderId}.${tenderId}`;
  const read = async () => {
    const { items } = (await staff.read(`/v1/orders/${orderId}/payments`)) as unknown as { items: Fields[] };
    const found = items.find((one) => one['paymentId'] === paymentId);
    return matches(found, expected) && found;
  };
  return until(read, { for: `payment ${paymentId} to be ${JSON.stringify(expected)}`, withinMs: 60_000, everyMs: 50 });
};
