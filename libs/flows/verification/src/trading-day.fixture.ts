import { order, type OrderCommand } from '#orders';
import { planFulfillment } from '#sourcing';
import { goodsReturn } from '#returns';
import { stockItem, type StockCommand } from '#stock';
import { eventDefinitions } from '#registry';
import { asPosition, type Recorded } from '#event-store';
import { type Cause, type Message } from '#kernel';
import { aCause, aRecorded, InMemoryEventStore, newEvents, runnerOn } from '#testing';
import { InvariantChecks } from './invariant-checks.js';

const NOON = '2026-01-01T12:00:00.000Z';
const AFTERNOON = '2026-01-01T15:00:00.000Z';

export const TEA_IN_LONDON = 'stock-TEA~london';
export const owner = { type: 'order', id: 'o-1' } as const;
export const unitPrice = { amount: 1999, scale: 2 };
const aLine = { lineId: '1', sku: 'TEA', quantity: 3, unitPrice, method: 'ship' } as const;
const terms = {
  version: 1,
  currency: 'GBP',
  reservationTtlSeconds: 600,
  locations: [{ locationId: 'london', methods: ['ship'], paused: false, safetyStock: 0 }],
} as const;
export const allocation = {
  reservationId: 'r-1',
  sku: 'TEA',
  locationId: 'london',
  quantity: 3,
  lines: [{ lineId: '1', quantity: 3 }],
};

/** The log of a shop after one trading day, with all events as the deciders decided them. */
export const tradingDay = async (): Promise<InMemoryEventStore> => {
  const store = new InMemoryEventStore();
  const runner = runnerOn(store);
  const at = (occurredAt: string) => aCause({ occurredAt });
  const sendToStock = (command: StockCommand, when = NOON) => runner.run(stockItem, 'TEA~london', command, at(when));
  const sendToOrder = (command: OrderCommand) => runner.run(order, command.data.orderId, command, at(NOON));
  await sendToStock({ type: 'ReceiveStock', data: { quantity: 10, ref: 'DN-1' } });
  const plan = planFulfillment('o-1', [aLine], terms);
  await sendToOrder({ type: 'PlaceOrder', data: { orderId: 'o-1', lines: [aLine], charges: [], terms, plan } });
  await sendToStock({ type: 'ReserveStock', data: { reservationId: 'r-1', quantity: 3, kind: 'hard', owner } });
  await sendToOrder({ type: 'ConfirmOrder', data: { orderId: 'o-1', allocations: [allocation] } });
  await sendToStock({ type: 'RecordStockIssue', data: { quantity: 1, cause: 'store-sale', ref: 'till-1' } }, AFTERNOON);
  const count = { countId: 'c-1', counted: 8, asOf: '2026-01-01T14:00:00.000Z', sourceSeq: 1 };
  await sendToStock({ type: 'RecordStockCount', data: count }, AFTERNOON);
  await sendToStock({ type: 'RecordStockIssue', data: { quantity: 2, cause: 'store-sale', ref: 'till-2' } }, NOON);
  const all = [{ lineId: '1', quantity: 3 }];
  const cancellation = { orderId: 'o-1', lines: all, reason: 'changed their mind' };
  const { events } = await sendToOrder({ type: 'CancelOrderLines', data: cancellation });
  const { cancellationId } = events[0]?.data as { cancellationId: string };
  await sendToOrder({ type: 'SettleCancellation', data: { ...cancellation, cancellationId } });
  await sendToStock({ type: 'ReleaseReservation', data: { reservationId: 'r-1', reason: 'cancelled' } });
  const sold = { ...aLine, method: 'carry-out', locationId: 'london' } as const;
  await sendToOrder({ type: 'RecordOrder', data: { orderId: 'o-2', currency: 'GBP', lines: [sold], charges: [] } });
  const returnedLine = {
    lineId: '1',
    sku: 'TEA',
    quantity: 2,
    unitPrice,
    locationId: 'london',
    disposition: 'restock',
  } as const;
  const lines = [{ ...returnedLine, original: { orderId: 'o-2', lineId: '1' } }];
  const recordedReturn = { returnId: 'rt-1', currency: 'GBP', lines, credits: [] };
  await runner.run(goodsReturn, 'rt-1', { type: 'RecordReturn', data: recordedReturn }, at(NOON));
  return store;
};

const DAYS_LATER = Date.parse('2036-01-09T12:00:00.000Z');

/** Checks every invariant, long after the last event. */
export const checkDay = (events: readonly Recorded[]) => {
  const checks = new InvariantChecks(eventDefinitions);
  for (const recorded of events) checks.check(recorded);
  checks.finish(DAYS_LATER);
  return checks;
};

/** The day followed by more events of one stream. */
export const followedBy = (
  day: readonly Recorded[],
  stream: string,
  events: readonly Message[],
  cause: Partial<Cause> = {},
): readonly Recorded[] => {
  const first = day.filter((recorded) => recorded.stream === stream).length;
  const stored = newEvents(events, aCause(cause));
  const following = events.map((event, index) => {
    const [revision, position] = [first + index, asPosition(2 ** 40 + index)];
    return aRecorded(stream, event, { ...stored[index], cause, revision, position, recordedAt: Date.parse(NOON) });
  });
  return [...day, ...following];
};

export const linesReturned = (quantity: number, refund = 0): Message => ({
  type: 'OrderLinesReturned',
  data: { returnId: 'b-2', lines: [{ lineId: '1', quantity }], refund },
});
/** The units are those of the return of the day, which is worth 39.98. */
export const takenBackElsewhere = (data: object): Message => ({
  type: 'OrderReturnRecorded',
  data: { returnId: 'rt-1', lines: [{ lineId: '1', quantity: 2 }], worth: 0, paidBack: 0, ...data },
});
export const refundedByPayment = (operationId: string, amount: number, more: object = {}): Message => ({
  type: 'PaymentRefunded',
  data: { orderId: 'o-2', operationId, amount, currency: 'GBP', reason: 'x', postings: [], ...more },
});
