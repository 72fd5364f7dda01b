import { type Answer, type Client, type Fields } from './client.js';
import { until } from './until.js';

interface Assigned {
  readonly fulfillmentId: string;
  readonly workAt: string;
  readonly locationId: string;
}

/** Waits until an order is assigned to a location. @returns the commands and state of that fulfillment */
export const fulfillmentWork = async (staff: Client, orderId: string, locationId: string) => {
  let found: Assigned | undefined;
  const find = async () => {
    const { items } = (await staff.read(`/v1/orders/${orderId}/fulfillments`)) as unknown as { items: Assigned[] };
    found = items.find((one) => one.workAt === locationId);
    return found !== undefined;
  };
  await until(find, { for: `work for order ${orderId} at ${locationId}`, withinMs: 20_000, everyMs: 100 });
  const { fulfillmentId } = found as unknown as Assigned;
  const body = (data: Fields) => ({ fulfillmentId, locationId, ...data });
  return {
    fulfillmentId,
    does: async (command: string, data: Fields = {}): Promise<void> => {
      await staff.done(command, body(data));
    },
    tries: (command: string, data: Fields = {}): Promise<Answer> => staff.send(command, body(data)),
    now: (): Promise<Fields> => staff.read(`/v1/fulfillments/${fulfillmentId}`),
  };
};
