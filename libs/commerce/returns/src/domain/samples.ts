/** Commands and events of an ordinary return, for tests. */
import { type OrderTerms, type RequestedLine, type ReturnedUnits } from './return-messages.js';
import { type ReturnCommand } from './return.js';
import { type ReturnEvent } from './return-state.js';

export type Data<Type extends ReturnEvent['type']> = Extract<ReturnEvent, { type: Type }>['data'];
type ReturnRequest = Extract<ReturnCommand, { type: 'RequestReturn' }>['data'];

export const tea: RequestedLine = { lineId: '1', sku: 'TEA', quantity: 2, unitPrice: { amount: 1000, scale: 2 } };
export const cup: RequestedLine = { lineId: '2', sku: 'CUP', quantity: 1, unitPrice: { amount: 500, scale: 2 } };

export const sold: OrderTerms = { currency: 'GBP', customerId: 'c-1', lines: [tea, cup], paid: 'tenders' };

export const unitsOf = ({ lineId, sku, quantity }: ReturnedUnits): ReturnedUnits => ({ lineId, sku, quantity });

export const requestReturn = (over: Partial<ReturnRequest> = {}) =>
  ({
    type: 'RequestReturn',
    data: {
      returnId: 'b-1',
      orderId: 'o-1',
      reason: 'too-small',
      refundTo: 'original',
      order: sold,
      lines: [{ lineId: '1', quantity: 2 }],
      ...over,
    },
  }) satisfies ReturnCommand;

export const requested = (over: Partial<Data<'ReturnRequested'>> = {}): ReturnEvent => ({
  type: 'ReturnRequested',
  data: {
    orderId: 'o-1',
    customerId: 'c-1',
    currency: 'GBP',
    lines: [tea],
    reason: 'too-small',
    refundTo: 'original',
    ...over,
  },
});

export const requestedBlind = (over: Partial<Data<'ReturnRequested'>> = {}): ReturnEvent => ({
  type: 'ReturnRequested',
  data: { currency: 'GBP', lines: [tea], reason: 'unwanted', refundTo: 'cash', ...over },
});

export const approved = (over: Partial<Data<'ReturnApproved'>> = {}): ReturnEvent => ({
  type: 'ReturnApproved',
  data: { orderId: 'o-1', lines: [unitsOf(tea)], accepted: [], ...over },
});

export const received = (quantity: number, locationId = 'leeds'): ReturnEvent => ({
  type: 'ReturnReceived',
  data: { orderId: 'o-1', locationId, lines: [{ ...unitsOf(tea), quantity }] },
});

export const inspected = (quantity: number, over: Partial<Data<'ReturnItemsInspected'>> = {}): ReturnEvent => ({
  type: 'ReturnItemsInspected',
  data: {
    orderId: 'o-1',
    locationId: 'leeds',
    items: [{ ...unitsOf(tea), quantity, disposition: 'restock' }],
    accepted: [{ lineId: '1', quantity }],
    ...over,
  },
});

export const assessed = (amount: number, over: Partial<Data<'ReturnAssessed'>> = {}): ReturnEvent => ({
  type: 'ReturnAssessed',
  data: { orderId: 'o-1', worth: amount, fees: 0, amount, way: 'original', ...over },
});

export const refundRequested = (amount: number, n = 1): ReturnEvent => ({
  type: 'ReturnRefundRequested',
  data: { orderId: 'o-1', returnId: 'b-1', refundId: `return/b-1/${n}`, amount, currency: 'GBP' },
});

export const refunded = (amount: number, over: Partial<Data<'ReturnRefunded'>> = {}): ReturnEvent => ({
  type: 'ReturnRefunded',
  data: { orderId: 'o-1', amount, by: 'payments', ...over },
});

export const closed: ReturnEvent = { type: 'ReturnClosed', data: { orderId: 'o-1' } };
