/** The work of the sample's locations on the orders of today, and one return. The same orders give the same commands. */
import { type BatchCommand } from '#client';
import { type KontorClient } from '../client.js';
import { EXAMPLES, todaysOrderIds } from './today.js';
import { commandLine, STORES } from './trade.js';

interface Fulfillment {
  readonly fulfillmentId: string;
  readonly locationId: string;
  readonly attempt: number;
  readonly lines: readonly { readonly lineId: string; readonly assigned: number }[];
}

type Step = 'accept' | 'pick' | 'pack' | 'ship' | 'deliver' | 'ready' | 'hand over';

const SHIPPED: readonly Step[] = ['accept', 'pick', 'pack', 'ship'];

const STEPS: Readonly<Record<string, readonly Step[]>> = {
  [EXAMPLES.delivered]: [...SHIPPED, 'deliver'],
  [EXAMPLES.byGiftCard]: SHIPPED,
  [EXAMPLES.toCollect]: ['accept', 'ready'],
  [EXAMPLES.split]: SHIPPED,
  [EXAMPLES.returned]: [...SHIPPED, 'deliver'],
  [EXAMPLES.paidAtTill]: ['ready', 'hand over'],
};

/** Orders that are not examples stop at each of the stages, one after the other. */
const stepsFor = (orderId: string, index: number) => STEPS[orderId] ?? SHIPPED.slice(0, index % (SHIPPED.length + 1));

const commandOf = (step: Step, { fulfillmentId, locationId, lines }: Fulfillment): readonly [string, object] => {
  const at = { fulfillmentId, locationId };
  const parcelId = 'P-1';
  const all = lines.map(({ lineId, assigned }) => ({ lineId, quantity: assigned }));
  switch (step) {
    case 'accept':
      return ['AcceptFulfillment', at];
    case 'pick':
      return ['PickItems', { ...at, lines: all }];
    case 'pack':
      return ['PackParcel', { ...at, parcelId, lines: all }];
    case 'ship':
      return ['ShipParcel', { ...at, parcelId, carrier: 'royal-mail', tracking: 'AB123456789GB' }];
    case 'deliver':
      return ['RecordDelivery', { fulfillmentId, parcelId }];
    case 'ready':
      return ['MarkReadyForPickup', at];
    case 'hand over':
      return ['HandOver', { ...at, proof: 'code 4711' }];
  }
};

/** The first assignment of an order: no location in the sample refuses its work. */
const fulfillmentsOf = async (client: KontorClient, orderId: string) => {
  const { items } = await client.get<{ items: readonly Fulfillment[] }>(`/v1/orders/${orderId}/fulfillments`);
  return items.filter(({ attempt }) => attempt === 1);
};

export const work = async (client: KontorClient): Promise<BatchCommand[]> => {
  const all = await Promise.all(
    todaysOrderIds.map(async (orderId, index) => {
      const found = await fulfillmentsOf(client, orderId);
      return found.flatMap((one) =>
        stepsFor(orderId, index).map((step) => {
          const [command, data] = commandOf(step, one);
          return commandLine(command, `${one.fulfillmentId}/${step}`, data);
        }),
      );
    }),
  );
  return all.flat();
};

/** The payment at the till when an order is collected. */
export const payment = async (client: KontorClient): Promise<BatchCommand> => {
  const orderId = EXAMPLES.paidAtTill;
  const { total: amount } = await client.get<{ total: number }>(`/v1/orders/${orderId}`);
  const tenders = [{ tenderId: 'till', kind: 'terminal', amount }];
  return commandLine('PayOrder', `${orderId}/pay`, { orderId, tenders }, { channel: 'till' });
};

const returnId = `${EXAMPLES.returned}-return`;
const units = { lineId: '1', quantity: 1 };

export const requestedReturn = (): BatchCommand =>
  commandLine(
    'RequestReturn',
    returnId,
    { returnId, orderId: EXAMPLES.returned, lines: [units], reason: 'too-small', refundTo: 'original' },
    { channel: 'till' },
  );

export const inspectedReturn = (): BatchCommand => {
  const [locationId] = STORES;
  return commandLine('InspectReturn', `${returnId}/inspect`, {
    returnId,
    locationId,
    items: [{ ...units, disposition: 'restock' }],
  });
};
