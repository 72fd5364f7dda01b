/** Policies that turn a recorded fact into movements of stock. They remember nothing: one event, its commands. */
import { type Intent, type Message, type Process } from '#kernel';
import { type OrderEvent, type OrderLine } from '#orders';
import { type ReturnEvent } from '#returns';
import { type CommandRefused } from './command-refused.js';

const policy = <Event extends Message>(
  name: string,
  categories: readonly string[],
  intentsOf: (event: Event, id: string) => readonly Intent[],
): Process<undefined, Event> => ({
  name,
  stateless: true,
  categories,
  instanceOf: ({ stream }) => stream,
  react: (_, { event, stream }) => ({
    state: undefined,
    intents: intentsOf(event, stream.slice(stream.indexOf('-') + 1)),
  }),
});

/**
 * A fact that stock refuses, because nobody has registered the place, must not be forgotten: the instance waits for a
 * person.
 * @throws Error always
 */
const insist = ({ command, code }: CommandRefused['data']): never => {
  throw new Error(`${command} was refused: ${code}`);
};

/** Units of each SKU that left each place, in the order of the lines. */
const issuesOf = (lines: readonly OrderLine[], ref: string): Intent[] => {
  const issues = new Map<string, { sku: string; locationId: string; quantity: number; cause: string; ref: string }>();
  for (const { sku, locationId, quantity, method } of lines) {
    if (locationId === undefined) continue;
    const cause = method === 'carry-out' ? 'store-sale' : 'fulfilled-elsewhere';
    const key = `${sku}~${locationId}~${cause}`;
    const issue = issues.get(key);
    if (issue) issue.quantity += quantity;
    else issues.set(key, { sku, locationId, quantity, cause, ref });
  }
  return [...issues.values()].map((data) => ({ type: 'RecordStockIssue', data }));
};

export const whenOrderRecordedThenIssueStock = policy<OrderEvent | CommandRefused>(
  'issue-recorded-order',
  ['order'],
  ({ type, data }, orderId) => {
    if (type === 'CommandRefused') return insist(data);
    return type === 'OrderRecorded' ? issuesOf(data.lines, orderId) : [];
  },
);

/** Whatever becomes of the money, and whether or not they were asked for. */
const arrivalsIn = ({ type, data }: ReturnEvent) => {
  const items =
    type === 'ReturnRecorded'
      ? data.lines
      : type === 'ReturnItemsInspected'
        ? data.items.map((item) => ({ ...item, locationId: data.locationId }))
        : [];
  return items
    .filter(({ disposition }) => disposition !== 'missing')
    .map(({ sku, locationId, quantity, disposition }) => ({ sku, locationId, quantity, disposition }));
};

export const whenReturnRecordedThenRestock = policy<ReturnEvent | CommandRefused>(
  'restock-return',
  ['return'],
  (event, returnId) => {
    if (event.type === 'CommandRefused') return insist(event.data);
    return arrivalsIn(event).map((arrival) => ({ type: 'RestockReturn', data: { ...arrival, returnId } }));
  },
);

export const whenLinesCancelledThenRelease = policy<OrderEvent>('release-cancelled', ['order'], (event) =>
  event.type === 'OrderLinesCancelled'
    ? event.data.releases.map(({ reservationId, sku, locationId, by }) => ({
        type: 'ReduceReservation',
        data: { sku, locationId, reservationId, by },
      }))
    : [],
);
