/** What the sample's locations do for the orders of today, and one return. The same for the same orders, however often. */
import { type CommandLine, type KontorClient } from '../client.js';
import { TOLD, todaysOrders } from './today.js';
import { line, STORES } from './trade.js';

interface Fulfillment {
  readonly fulfillmentId: string;
  readonly locationId: string;
  readonly attempt: number;
  readonly lines: readonly { readonly lineId: string; readonly assigned: number }[];
}

type Step = 'accept' | 'pick' | 'pack' | 'ship' | 'deliver' | 'ready' | 'hand over';

const SHIPPED: readonly Step[] = ['accept', 'pick', 'pack', 'ship'];

const STEPS: Readonly<Record<string, readonly Step[]>> = {
  [TOLD.delivered]: [...SHIPPED, 'deliver'],
  [TOLD.byGiftCard]: SHIPPED,
  [TOLD.toCollect]: ['accept', 'ready'],
  [TOLD.split]: SHIPPED,
  [TOLD.returned]: [...SHIPPED, 'deliver'],
  [TOLD.paidAtTill]: ['ready', 'hand over'],
};

/** The others are at every point of the way, from the beginning on. */
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

/** What was assigned first: nobody in the sample refuses. */
const fulfillmentsOf = async (client: KontorClient, orderId: string) => {
  const { items } = await client.get<{ items: readonly Fulfillment[] }>(`/v1/orders/${orderId}/fulfillments`);
  return items.filter(({ attempt }) => attempt === 1);
};

export const work = async (client: KontorClient): Promise<CommandLine[]> => {
  const all = await Promise.all(
    todaysOrders.map(async (orderId, index) => {
      const found = await fulfillmentsOf(client, orderId);
      return found.flatMap((one) =>
        stepsFor(orderId, index).map((step) => {
          const [command, data] = commandOf(step, one);
          return line(command, `${one.fulfillmentId}/${step}`, data);
        }),
      );
    }),
  );
  return all.flat();
};

/** At the counter, when it is collected. */
export const payment = async (client: KontorClient): Promise<CommandLine> => {
  const orderId = TOLD.paidAtTill;
  const { total: amount } = await client.get<{ total: number }>(`/v1/orders/${orderId}`);
  const tenders = [{ tenderId: 'till', kind: 'terminal', amount }];
  return line('PayOrder', `${orderId}/pay`, { orderId, tenders }, { channel: 'till' });
};

const returnId = `${TOLD.returned}-return`;
const units = { lineId: '1', quantity: 1 };

export const requestedReturn = (): CommandLine =>
  line(
    'RequestReturn',
    returnId,
    { returnId, orderId: TOLD.returned, lines: [units], reason: 'too-small', refundTo: 'original' },
    { channel: 'till' },
  );

export const inspectedReturn = (): CommandLine => {
  const [locationId] = STORES;
  return line('InspectReturn', `${returnId}/inspect`, {
    ...{ returnId, locationId, items: [{ ...units, disposition: 'restock' }] },
  });
};
