import { moneyText } from '#kernel';
import { type Allocation, type LineQuantity, type OrderEvent, type RejectionReason } from '#orders';

const countOf = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;

const unitsOf = (lines: readonly { quantity: number }[]) => lines.reduce((sum, { quantity }) => sum + quantity, 0);

const lineList = (lines: readonly LineQuantity[]) =>
  lines.map(({ lineId, quantity }) => `${quantity} × line ${lineId}`).join(', ');

const reasonText = ({ code, sku, available }: RejectionReason) =>
  [code, sku, available === undefined ? undefined : `${available} available`].filter(Boolean).join(', ');

const allocationText = ({ quantity, sku, locationId }: Allocation) => `${quantity} × ${sku} from ${locationId}`;

type ReturnOrEdit = Extract<
  OrderEvent,
  {
    type:
      | 'OrderReturnAnnounced'
      | 'OrderReturnRefused'
      | 'OrderReturnWithdrawn'
      | 'OrderRefundRecorded'
      | 'OrderReturnRecorded'
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
    case 'OrderRefundRecorded':
      return `Given back without a return: ${data.amount} minor units (${data.by} ${data.reference})${overpaidText(data)}`;
    case 'OrderReturnRecorded':
      return recordedReturnText(data);
    case 'OrderLinesReturned':
      return `Returned ${lineList(data.lines) || 'nothing that was sold'} (${data.returnId})`;
    case 'OrderEditProposed':
      return `Edit ${data.editId} proposed: ${data.totalBefore} would become ${data.totalAfter} (minor units)`;
    case 'OrderEditApplied':
      return `Edit ${data.editId} applied: ${countOf(data.add.length, 'line')} added`;
    case 'OrderEditDiscarded':
      return `Edit ${data.editId} discarded`;
  }
};

type RecordedReturn = Extract<OrderEvent, { type: 'OrderReturnRecorded' }>['data'];

const recordedReturnText = ({ returnId, lines, excess = [], ...money }: RecordedReturn) => {
  const beyond = excess.length > 0 ? `; more than was left: ${lineList(excess)}` : '';
  return `Taken back elsewhere ${lineList(lines) || 'nothing that was left'} (${returnId})${beyond}${overpaidText(money)}`;
};

const overpaidText = ({ overpaid = 0 }: { readonly overpaid?: number }) =>
  overpaid > 0 ? `; ${overpaid} minor units more were given than were left` : '';

/**
 * Describes an event in a sentence for people, without personal data. The order timeline stores the sentences: a change of one
 * needs a new version of that read model.
 */
export const orderText = (event: OrderEvent): string => {
  switch (event.type) {
    case 'OrderPlaced':
    case 'OrderRecorded': {
      const { lines, total, currency } = event.data;
      const summary = `${countOf(lines.length, 'line')}, ${countOf(unitsOf(lines), 'unit')}, ${moneyText(total, currency)}`;
      return event.type === 'OrderPlaced'
        ? `Order placed: ${summary}`
        : `Order recorded as already fulfilled: ${summary}`;
    }
    case 'FulfillmentPlanned':
      return `Plan ${event.data.attempt}: ${event.data.allocations.map(allocationText).join(', ') || 'nothing to reserve'}`;
    case 'OrderConfirmed':
      return `Order confirmed with ${countOf(event.data.allocations.length, 'reservation')}`;
    case 'OrderRejected':
      return `Order rejected: ${event.data.reasons.map(reasonText).join('; ')}`;
    case 'OrderHeld':
      return `Order held: ${event.data.reason}`;
    case 'OrderHoldReleased':
      return `Hold ${event.data.holdId} released${event.data.reason === undefined ? '' : `: ${event.data.reason}`}`;
    case 'OrderLinesCancelled':
      return `Cancelled ${lineList(event.data.lines)}: ${event.data.reason}`;
    case 'OrderLinesCancellationRequested':
      return `Cancellation asked for, ${lineList(event.data.lines)}: ${event.data.reason}`;
    case 'OrderCancellationRefused':
      return `Not cancelled, because they have left: ${lineList(event.data.lines)}`;
    case 'OrderReallocated':
      return `Other places: ${event.data.allocations.map(allocationText).join(', ') || 'none'}`;
    case 'OrderLinesFulfilled':
      return `Fulfilled ${lineList(event.data.lines)} (${event.data.fulfillmentId})`;
    case 'OrderTendered':
      return `Offered for payment: ${event.data.tenders.map(({ kind, amount }) => `${kind} ${amount}`).join(', ')} (minor units)`;
    case 'OrderTenderDropped':
      return `Tender ${event.data.tenderId} dropped: ${event.data.reason}`;
    case 'OrderReturnAnnounced':
    case 'OrderReturnRefused':
    case 'OrderReturnWithdrawn':
    case 'OrderRefundRecorded':
    case 'OrderReturnRecorded':
    case 'OrderLinesReturned':
    case 'OrderEditProposed':
    case 'OrderEditApplied':
    case 'OrderEditDiscarded':
      return returnOrEditText(event);
  }
};
