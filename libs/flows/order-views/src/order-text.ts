import { exponentOf } from '#kernel';
import { type Allocation, type LineQuantity, type OrderEvent, type RejectionReason } from '#orders';

const plural = (count: number, thing: string) => `${count} ${thing}${count === 1 ? '' : 's'}`;

const money = (amount: number, currency: string) => {
  const exponent = exponentOf(currency);
  return `${(amount / 10 ** exponent).toFixed(exponent)} ${currency}`;
};

const unitsIn = (lines: readonly { quantity: number }[]) => lines.reduce((all, { quantity }) => all + quantity, 0);

const lineList = (lines: readonly LineQuantity[]) =>
  lines.map(({ lineId, quantity }) => `${quantity} × line ${lineId}`).join(', ');

const reasonText = ({ code, sku, available }: RejectionReason) =>
  [code, sku, available === undefined ? undefined : `${available} available`].filter(Boolean).join(', ');

const placeText = ({ quantity, sku, locationId }: Allocation) => `${quantity} × ${sku} from ${locationId}`;

type ReturnOrEdit = Extract<
  OrderEvent,
  {
    type:
      | 'OrderReturnAnnounced'
      | 'OrderReturnRefused'
      | 'OrderReturnWithdrawn'
      | 'OrderLinesReturned'
      | 'OrderEditProposed'
      | 'OrderEditApplied'
      | 'OrderEditDiscarded';
  }
>;

const returnOrEditText = ({ type, data }: ReturnOrEdit): string => {
  switch (type) {
    case 'OrderReturnAnnounced':
      return `Return ${data.returnId} announced: ${lineList(data.lines)}`;
    case 'OrderReturnRefused':
      return `Return ${data.returnId} refused: ${data.reason}`;
    case 'OrderReturnWithdrawn':
      return `Return ${data.returnId} withdrawn`;
    case 'OrderLinesReturned':
      return `Returned ${lineList(data.lines) || 'nothing that was sold'} (${data.returnId})`;
    case 'OrderEditProposed':
      return `Edit ${data.editId} proposed: ${data.totalBefore} would become ${data.totalAfter} (minor units)`;
    case 'OrderEditApplied':
      return `Edit ${data.editId} applied: ${plural(data.add.length, 'line')} added`;
    case 'OrderEditDiscarded':
      return `Edit ${data.editId} discarded`;
  }
};

/** What happened to an order, in plain English, for people. Holds no personal data. */
export const orderText = ({ type, data }: OrderEvent): string => {
  switch (type) {
    case 'OrderPlaced':
    case 'OrderRecorded': {
      const { lines, total, currency } = data;
      const what = `${plural(lines.length, 'line')}, ${plural(unitsIn(lines), 'unit')}, ${money(total, currency)}`;
      return type === 'OrderPlaced' ? `Order placed: ${what}` : `Order recorded as already fulfilled: ${what}`;
    }
    case 'FulfillmentPlanned':
      return `Plan ${data.attempt}: ${data.allocations.map(placeText).join(', ') || 'nothing to reserve'}`;
    case 'OrderConfirmed':
      return `Order confirmed with ${plural(data.allocations.length, 'reservation')}`;
    case 'OrderRejected':
      return `Order rejected: ${data.reasons.map(reasonText).join('; ')}`;
    case 'OrderHeld':
      return `Order held: ${data.reason}`;
    case 'OrderHoldReleased':
      return `Hold ${data.holdId} released`;
    case 'OrderLinesCancelled':
      return `Cancelled ${lineList(data.lines)}: ${data.reason}`;
    case 'OrderLinesCancellationRequested':
      return `Cancellation asked for, ${lineList(data.lines)}: ${data.reason}`;
    case 'OrderCancellationRefused':
      return `Not cancelled, because they have left: ${lineList(data.lines)}`;
    case 'OrderReallocated':
      return `Other places: ${data.allocations.map(placeText).join(', ') || 'none'}`;
    case 'OrderLinesFulfilled':
      return `Fulfilled ${lineList(data.lines)} (${data.fulfillmentId})`;
    case 'OrderTendered':
      return `Offered for payment: ${data.tenders.map(({ kind, amount }) => `${kind} ${amount}`).join(', ')} (minor units)`;
    case 'OrderTenderDropped':
      return `Tender ${data.tenderId} dropped: ${data.reason}`;
    case 'OrderReturnAnnounced':
    case 'OrderReturnRefused':
    case 'OrderReturnWithdrawn':
    case 'OrderLinesReturned':
    case 'OrderEditProposed':
    case 'OrderEditApplied':
    case 'OrderEditDiscarded':
      return returnOrEditText({ type, data } as ReturnOrEdit);
  }
};
