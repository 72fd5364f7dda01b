import { type UnitsOfLine } from './return-messages.js';
import { feesIn, type Line, type Return, type ReturnEvent, waitingAt } from './return-state.js';

export const evolve = (now: Return, event: ReturnEvent): Return => {
  switch (event.type) {
    case 'ReturnRecorded':
      now.status = 'recorded';
      return now;
    case 'ReturnRequested':
      return requested(now, event.data);
    case 'ReturnApproved':
      for (const { lineId, quantity } of event.data.lines) change(now, lineId, { approved: quantity });
      now.status = 'approved';
      return accepted(now, event.data.accepted);
    case 'ReturnDeclined':
      now.status = 'declined';
      return now;
    case 'ReturnReceived':
      if (now.status === 'closed') now.status = 'approved';
      for (const { lineId, quantity } of event.data.lines) wait(now, event.data.locationId, lineId, quantity);
      return now;
    case 'ReturnItemsInspected':
      return inspected(now, event.data);
    case 'ReturnClosed':
      now.status = 'closed';
      return now;
    case 'ReturnExchanged':
    case 'ReturnAssessed':
    case 'ReturnRefundRequested':
    case 'ReturnCreditRequested':
    case 'ReturnRefunded':
    case 'ReturnRefundFailed':
      return money(now, event);
  }
};

type Data<Type extends ReturnEvent['type']> = Extract<ReturnEvent, { type: Type }>['data'];

type MoneyEvent = Exclude<
  ReturnEvent,
  {
    type:
      'ReturnRecorded' | `Return${'Requested' | 'Approved' | 'Declined' | 'Received' | 'ItemsInspected' | 'Closed'}`;
  }
>;

const requested = (now: Return, data: Data<'ReturnRequested'>): Return => {
  const { orderId, customerId, currency, refundTo, reason } = data;
  for (const line of data.lines) now.lines.set(line.lineId, { ...line, approved: 0, back: 0, missing: 0 });
  return Object.assign(now, {
    ...(orderId !== undefined && { orderId }),
    ...(customerId !== undefined && { customerId }),
    status: 'requested',
    currency,
    way: refundTo,
    claim: reason === 'claim',
    needsApproval: data.needsApproval ?? false,
    refundShipping: data.refundShipping ?? false,
    fees: feesIn(data.fees),
  } satisfies Partial<Return>);
};

const inspected = (now: Return, { locationId, items, accepted: units, fees }: Data<'ReturnItemsInspected'>): Return => {
  for (const { lineId, quantity, disposition } of items) {
    wait(now, locationId, lineId, -Math.min(quantity, waitingAt(now, locationId, lineId)));
    const line = now.lines.get(lineId);
    if (!line) continue;
    if (disposition === 'missing') line.missing += quantity;
    else line.back += quantity;
  }
  now.fees += feesIn(fees);
  return accepted(now, units);
};

/** The order says what its units were worth; a blind return knows by itself. */
const accepted = (now: Return, units: readonly UnitsOfLine[]): Return => {
  if (units.length > 0) now.unassessed++;
  return now;
};

const money = (now: Return, { type, data }: MoneyEvent): Return => {
  switch (type) {
    case 'ReturnExchanged':
      now.way = 'store-credit';
      now.giftCardId = data.giftCardId;
      return now;
    case 'ReturnAssessed':
      now.unassessed = Math.max(0, now.unassessed - 1);
      now.fees -= data.fees;
      now.due += data.amount;
      return now;
    case 'ReturnRefundRequested':
    case 'ReturnCreditRequested':
      now.asked = data.amount;
      now.requests++;
      return now;
    case 'ReturnRefunded':
      now.refunded += data.amount;
      now.asked = Math.max(0, now.asked - data.amount);
      return now;
    case 'ReturnRefundFailed':
      now.asked = 0;
      return now;
  }
};

const change = ({ lines }: Return, lineId: string, to: Partial<Line>) => {
  const line = lines.get(lineId);
  if (line) Object.assign(line, to);
};

const wait = ({ waiting }: Return, locationId: string, lineId: string, by: number) => {
  const there = waiting.get(locationId) ?? new Map<string, number>();
  waiting.set(locationId, there.set(lineId, (there.get(lineId) ?? 0) + by));
};
