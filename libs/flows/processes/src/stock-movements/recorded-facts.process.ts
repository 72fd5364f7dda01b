/**
 * Three policies that move stock after recorded sales, returns and cancellations; they have no state.
 *
 *   OrderRecorded           → RecordStockIssue for each SKU at each location
 *   ReturnRecorded          → RestockReturn of every returned unit
 *   ReturnItemsInspected    → RestockReturn of every unit that arrived, regardless of the refund
 *   OrderLinesCancelled     → ReduceReservation for the cancelled units
 */
import { idOf } from '#event-store';
import { order, type OrderLine } from '#orders';
import { eventsOf, policy, type InputOf } from '#process-manager';
import { goodsReturn } from '#returns';
import { type StockIssueCause, type StockItemCommand } from '#stock';
import { parkOnRefusal } from '../refusals.js';

type RecordStockIssue = StockItemCommand<'RecordStockIssue'>;
type RestockReturn = StockItemCommand<'RestockReturn'>;
type ReduceReservation = StockItemCommand<'ReduceReservation'>;

const recordedOrders = eventsOf([order]).only('OrderRecorded');

export const whenOrderRecordedThenIssueStock = policy<InputOf<typeof recordedOrders>, RecordStockIssue>({
  name: 'issue-recorded-order',
  inputs: recordedOrders,
  instanceOf: ({ stream }) => stream,
  commandsAfter: ({ event, stream }) =>
    event.type === 'CommandRefused' ? parkOnRefusal(event.data) : issuesOf(event.data.lines, idOf(stream)),
});

const returnedGoods = eventsOf([goodsReturn]).only('ReturnRecorded', 'ReturnItemsInspected');
type ReturnedGoods = InputOf<typeof returnedGoods>;

export const whenReturnRecordedThenRestock = policy<ReturnedGoods, RestockReturn>({
  name: 'restock-return',
  inputs: returnedGoods,
  instanceOf: ({ stream }) => stream,
  commandsAfter: ({ event, stream }) =>
    event.type === 'CommandRefused' ? parkOnRefusal(event.data) : arrivalsOf(event, idOf(stream)),
});

const cancelledLines = eventsOf([order]).only('OrderLinesCancelled');

export const whenLinesCancelledThenRelease = policy<InputOf<typeof cancelledLines>, ReduceReservation>({
  name: 'release-cancelled',
  inputs: cancelledLines,
  instanceOf: ({ stream }) => stream,
  commandsAfter: ({ event }) => {
    if (event.type === 'CommandRefused') return []; // the reservation has ended meanwhile
    return event.data.releases.map(({ reservationId, sku, locationId, by }): ReduceReservation => ({
      type: 'ReduceReservation',
      data: { sku, locationId, reservationId, by },
    }));
  },
});

/** One command for each SKU, location and cause, in the order of the lines. */
const issuesOf = (lines: readonly OrderLine[], ref: string): RecordStockIssue[] => {
  const issues = new Map<string, RecordStockIssue['data']>();
  for (const { sku, locationId, quantity, method } of lines) {
    if (locationId === undefined) continue;
    const cause: StockIssueCause = method === 'carry-out' ? 'store-sale' : 'fulfilled-elsewhere';
    const key = `${sku}~${locationId}~${cause}`;
    const before = issues.get(key)?.quantity ?? 0;
    issues.set(key, { sku, locationId, quantity: before + quantity, cause, ref });
  }
  return [...issues.values()].map((data) => ({ type: 'RecordStockIssue', data }));
};

const arrivalsOf = (event: ReturnedGoods, returnId: string): RestockReturn[] =>
  itemsOf(event).flatMap(({ sku, locationId, quantity, disposition }): RestockReturn[] =>
    disposition === 'missing'
      ? []
      : [{ type: 'RestockReturn', data: { sku, locationId, quantity, disposition, returnId } }],
  );

const itemsOf = ({ type, data }: ReturnedGoods) =>
  type === 'ReturnRecorded' ? data.lines : data.items.map((item) => ({ ...item, locationId: data.locationId }));
