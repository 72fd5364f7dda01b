import { exponentOf, lineTotal } from '#kernel';
import { type ReturnLine, type ReturnRecorded } from '../domain/recorded-return.js';
import { type Credit } from '../domain/return-messages.js';
import { type ReturnEvent } from '../domain/return-state.js';
import { type ReturnStatus } from './return-status.projection.js';
import { ordersOfReturn } from './return-text.js';

type FirstEvent = Extract<ReturnEvent, { type: 'ReturnRecorded' | 'ReturnRequested' }>;
type LaterEvent = Exclude<ReturnEvent, FirstEvent>;
type Head = Omit<ReturnStatus, 'returnId' | 'channel' | 'occurredAt' | 'recordedAt'>;

const INITIAL_FIELDS = {
  externalRef: null,
  reason: null,
  refundTo: null,
  requested: [],
  receipts: [],
  inspections: [],
  lines: [],
  credits: [],
  total: 0,
  worth: 0,
  fees: 0,
  refunded: 0,
  failure: null,
  newOrderId: null,
  giftCardId: null,
  locationId: null,
  units: 0,
  attributes: {},
};

/** @param subject the subject of a guest */
export const newReturnStatus = (event: FirstEvent, subject?: string): Head => {
  const [orderId = null, another] = ordersOfReturn(event);
  const { currency, customerId = null } = event.data;
  const head = {
    ...INITIAL_FIELDS,
    orderId: another === undefined ? orderId : null,
    blind: orderId === null,
    currency,
    customerId,
    buyerId: customerId ?? subject ?? null,
  };
  return event.type === 'ReturnRequested' ? requested(head, event.data) : recorded(head, event.data);
};

type HeadWithoutState = Omit<Head, 'state'>;

const requested = (
  head: HeadWithoutState,
  { lines, reason, refundTo }: Extract<FirstEvent, { type: 'ReturnRequested' }>['data'],
): Head => ({
  ...head,
  state: 'requested',
  requested: lines,
  reason,
  refundTo,
});

const recorded = (head: HeadWithoutState, data: ReturnRecorded['data']): Head => {
  const { lines, credits, total, attributes = {} } = data;
  const externalRef = data.externalRef ?? null;
  const money = { lines, credits, total, refunded: total, units: unitsOf(lines) };
  return { ...head, ...money, state: 'recorded', attributes, externalRef };
};

export const evolveReturn = (row: ReturnStatus, { type, data }: LaterEvent): ReturnStatus => {
  switch (type) {
    case 'ReturnApproved':
      return withDerivedLines({ ...row, state: 'approved' });
    case 'ReturnDeclined':
      return { ...row, state: 'declined' };
    case 'ReturnReceived': {
      const { locationId, lines } = data;
      const state = row.state === 'closed' ? 'approved' : row.state;
      return { ...row, state, locationId, receipts: [...row.receipts, { locationId, lines }] };
    }
    case 'ReturnItemsInspected': {
      const { locationId, items } = data;
      return withDerivedLines({ ...row, inspections: [...row.inspections, { locationId, items }] });
    }
    case 'ReturnExchanged':
      return { ...row, refundTo: 'store-credit', newOrderId: data.newOrderId, giftCardId: data.giftCardId };
    case 'ReturnAssessed': {
      const { worth, fees, amount } = data;
      return withDerivedLines({ ...row, worth: row.worth + worth, fees: row.fees + fees, total: row.total + amount });
    }
    case 'ReturnRefundRequested':
      return { ...row, failure: null };
    case 'ReturnCreditRequested':
      return { ...row, failure: null, giftCardId: data.giftCardId };
    case 'ReturnRefunded':
      return { ...row, refunded: row.refunded + data.amount, failure: null };
    case 'ReturnRefundFailed':
      return { ...row, failure: data.code };
    case 'ReturnClosed':
      return { ...row, state: 'closed' };
  }
};

/** Derives lines and credits from the inspections and their worth, so that total = lines − credits. */
const withDerivedLines = (row: ReturnStatus): ReturnStatus => {
  const lines = row.state === 'declined' || row.state === 'requested' ? [] : returnedLines(row);
  const { worth, fees, total, currency } = row;
  const listValue = lines.reduce(
    (sum, { unitPrice, quantity }) => sum + lineTotal({ ...unitPrice, currency }, quantity).amount,
    0,
  );
  const credit = (chargeId: string, kind: Credit['kind'], amount: number): Credit[] =>
    amount === 0 ? [] : [{ chargeId, kind, quantity: 1, unitPrice: { amount, scale: exponentOf(currency) } }];
  const credits = [
    ...credit('share', 'adjustment', listValue - worth),
    ...credit('fees', 'fee', fees),
    ...credit('settled-otherwise', 'adjustment', worth - fees - total),
  ];
  return { ...row, lines, credits, units: unitsOf(lines) };
};

const returnedLines = ({ requested, inspections, orderId }: ReturnStatus): ReturnLine[] => {
  const sold = new Map(requested.map((line) => [line.lineId, line]));
  return inspections.flatMap(({ locationId, items }) =>
    items.flatMap(({ lineId, quantity, disposition }) => {
      const line = sold.get(lineId);
      if (!line || disposition === 'missing') return [];
      return [{ ...line, quantity, locationId, disposition, ...(orderId && { original: { orderId, lineId } }) }];
    }),
  );
};

const unitsOf = (lines: readonly { readonly quantity: number }[]) =>
  lines.reduce((sum, { quantity }) => sum + quantity, 0);
