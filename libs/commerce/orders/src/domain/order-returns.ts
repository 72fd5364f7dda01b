/** Decisions about returns of an order's units. */
import { returnableUnits } from './order-evolve.js';
import { type LineQuantity, type OrderCommand, type OrderEvent } from './order-messages.js';
import { moneyLeft, type Order } from './order-state.js';
import { amountDue } from './tenders.js';
import { unitsWithBuyer, lineQuantities, unitsByLine } from './line-units.js';
import { addValues, NO_VALUE, shareOfValue, totalValue } from './line-value.js';

type Data<Type extends OrderCommand['type']> = Extract<OrderCommand, { type: Type }>['data'];

/** The return is accepted or refused as a whole. Only units that are with the buyer and in no other return may be announced. */
export const announceReturn = (
  { returnId, lines: parts }: Data<'AnnounceReturn'>,
  order: Readonly<Order>,
): OrderEvent[] => {
  if (order.announcedReturns.has(returnId)) return [];
  const lines = lineQuantities(unitsByLine(parts));
  const returnable = lines.map(({ lineId }) => ({ lineId, quantity: returnableUnits(order, lineId) }));
  const refused = lines.find(({ quantity }, index) => quantity > (returnable[index]?.quantity ?? 0));
  if (!refused) return [{ type: 'OrderReturnAnnounced', data: { returnId, lines } }];
  return [{ type: 'OrderReturnRefused', data: { returnId, lines, reason: refusalReason(refused, order), returnable } }];
};

const refusalReason = ({ lineId }: LineQuantity, order: Readonly<Order>) =>
  order.lines.has(lineId) ? 'exceeds-returnable' : 'line-not-found';

export const withdrawReturn = (
  { returnId }: Data<'WithdrawReturn'>,
  { announcedReturns }: Readonly<Order>,
): OrderEvent[] => (announcedReturns.has(returnId) ? [{ type: 'OrderReturnWithdrawn', data: { returnId } }] : []);

/**
 * A return has happened and is always recorded. Units that the buyer could not have are recorded as `excess` and have no
 * value. The refund is at most what is left of the order's money, and first lowers the amount that is still due.
 */
export const recordReturned = (
  { returnId, lines: parts, refundCharges }: Data<'RecordReturned'>,
  order: Readonly<Order>,
): OrderEvent[] => {
  const { lines, excess, value } = unitsTakenBack(parts, order);
  const refund = Math.min(Math.max(0, refundCharges ? totalValue(value) : value.goods), moneyLeft(order));
  const unpaid = Math.min(refund, amountDue(order));
  const data = { returnId, lines, refund, ...(unpaid > 0 && { unpaid }), ...(excess.length > 0 && { excess }) };
  return [{ type: 'OrderLinesReturned', data }];
};

/** What has happened elsewhere is always recorded. An amount in another currency counts as what the units were worth. */
export const addRecordedReturn = (
  { returnId, lines: parts, paidBack: reported, currency }: Data<'AddRecordedReturn'>,
  order: Readonly<Order>,
): OrderEvent[] => {
  const { lines, excess, value } = unitsTakenBack(parts, order);
  const worth = Math.min(Math.max(0, value.goods), moneyLeft(order));
  const paidBack = currency === order.currency ? Math.max(0, reported) : worth;
  const overpaid = Math.max(0, paidBack - moneyLeft(order));
  const problems = { ...(excess.length > 0 && { excess }), ...(overpaid > 0 && { overpaid }) };
  return [{ type: 'OrderReturnRecorded', data: { returnId, lines, worth, paidBack, ...problems } }];
};

/** The refund has happened and is always recorded. */
export const addRefund = (
  { reference, by, amount, forCancellation }: Data<'AddRefund'>,
  order: Readonly<Order>,
): OrderEvent[] => {
  const overpaid = forCancellation ? 0 : Math.max(0, amount - manuallyRefundable(order));
  const more = { ...(forCancellation && { forCancellation }), ...(overpaid > 0 && { overpaid }) };
  return [{ type: 'OrderRefundRecorded', data: { reference, by, amount, ...more } }];
};

/** Money that may be given back without a return, in minor units. A rejected order gives everything back. */
export const manuallyRefundable = (order: Readonly<Order>) =>
  order.status === 'rejected' ? Number.MAX_SAFE_INTEGER : moneyLeft(order) + order.unrefundedCancellations;

const unitsTakenBack = (parts: readonly LineQuantity[], order: Readonly<Order>) => {
  const returned = [...unitsByLine(parts)].map(([lineId, units]) => {
    const line = order.lines.get(lineId);
    const withBuyer = line ? unitsWithBuyer(line) : 0;
    const quantity = Math.min(units, withBuyer);
    const value = line ? shareOfValue(line.valueWithBuyer, quantity, withBuyer) : NO_VALUE;
    return { lineId, quantity, excess: units - quantity, value };
  });
  return {
    lines: lineQuantities(new Map(returned.map(({ lineId, quantity }) => [lineId, quantity]))),
    excess: lineQuantities(new Map(returned.map((line) => [line.lineId, line.excess]))),
    value: returned.reduce((sum, { value }) => addValues(sum, value), NO_VALUE),
  };
};
