import { saturatingAdd } from '#kernel';
import { type LineQuantity } from './return-messages.js';
import { sumOfFees, type LineState, type Return, type ReturnEvent, uninspectedAt } from './return-state.js';

export const evolve = (state: Return, event: ReturnEvent): Return => {
  switch (event.type) {
    case 'ReturnRecorded':
      state.status = 'recorded';
      return state;
    case 'ReturnRequested':
      return applyRequest(state, event.data);
    case 'ReturnApproved':
      for (const { lineId, quantity } of event.data.lines) updateLine(state, lineId, { approved: quantity });
      state.status = 'approved';
      return expectAssessment(state, event.data.accepted);
    case 'ReturnDeclined':
      state.status = 'declined';
      return state;
    case 'ReturnReceived':
      if (state.status === 'closed') state.status = 'approved';
      for (const { lineId, quantity } of event.data.lines)
        addUninspected(state, event.data.locationId, lineId, quantity);
      return state;
    case 'ReturnItemsInspected':
      return applyInspection(state, event.data);
    case 'ReturnClosed':
      state.status = 'closed';
      return state;
    case 'ReturnExchanged':
    case 'ReturnAssessed':
    case 'ReturnRefundRequested':
    case 'ReturnCreditRequested':
    case 'ReturnRefunded':
    case 'ReturnRefundFailed':
      return applyMoney(state, event);
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

const applyRequest = (state: Return, data: Data<'ReturnRequested'>): Return => {
  const { orderId, customerId, currency, refundTo, reason } = data;
  for (const line of data.lines) state.lines.set(line.lineId, { ...line, approved: 0, returned: 0, missing: 0 });
  return Object.assign(state, {
    ...(orderId !== undefined && { orderId }),
    ...(customerId !== undefined && { customerId }),
    status: 'requested',
    currency,
    way: refundTo,
    isClaim: reason === 'claim',
    needsApproval: data.needsApproval ?? false,
    refundShipping: data.refundShipping ?? false,
    fees: sumOfFees(data.fees),
  } satisfies Partial<Return>);
};

const applyInspection = (
  state: Return,
  { locationId, items, accepted, fees }: Data<'ReturnItemsInspected'>,
): Return => {
  for (const { lineId, quantity, disposition } of items) {
    addUninspected(state, locationId, lineId, -Math.min(quantity, uninspectedAt(state, locationId, lineId)));
    const line = state.lines.get(lineId);
    if (!line) continue;
    if (disposition === 'missing') line.missing += quantity;
    else line.returned += quantity;
  }
  state.fees = saturatingAdd(state.fees, sumOfFees(fees));
  return expectAssessment(state, accepted);
};

/** Accepted units are assessed next: by their order, or by the return itself if it is blind. */
const expectAssessment = (state: Return, accepted: readonly LineQuantity[]): Return => {
  if (accepted.length > 0) state.pendingAssessments++;
  return state;
};

const applyMoney = (state: Return, { type, data }: MoneyEvent): Return => {
  switch (type) {
    case 'ReturnExchanged':
      state.way = 'store-credit';
      state.giftCardId = data.giftCardId;
      return state;
    case 'ReturnAssessed':
      state.pendingAssessments = Math.max(0, state.pendingAssessments - 1);
      state.fees -= data.fees;
      state.due += data.amount;
      return state;
    case 'ReturnRefundRequested':
    case 'ReturnCreditRequested':
      state.pendingRefund = data.amount;
      state.refundRequests++;
      return state;
    case 'ReturnRefunded':
      state.refunded += data.amount;
      state.pendingRefund = Math.max(0, state.pendingRefund - data.amount);
      return state;
    case 'ReturnRefundFailed':
      state.pendingRefund = 0;
      return state;
  }
};

const updateLine = ({ lines }: Return, lineId: string, changes: Partial<LineState>) => {
  const line = lines.get(lineId);
  if (line) Object.assign(line, changes);
};

const addUninspected = ({ uninspected }: Return, locationId: string, lineId: string, units: number) => {
  const lines = uninspected.get(locationId) ?? new Map<string, number>();
  uninspected.set(locationId, lines.set(lineId, (lines.get(lineId) ?? 0) + units));
};
