/** Decisions about returns of an order's units. */
import { returnableUnits } from './order-evolve.js';
import { type LineQuantity, type OrderCommand, type OrderEvent } from './order-messages.js';
import { type Order } from './order-state.js';
import { amountDue } from './tenders.js';
import { unitsWithBuyer, lineQuantities, unitsByLine } from './line-units.js';
import { NO_VALUE, shareOfValue, totalValue } from './line-value.js';

type Data<Type extends OrderCommand['type']> = Extract<OrderCommand, { type: Type }>['data'];

/** The return is accepted or refused as a whole. Only units that are with the buyer and in no other return may be announced. */
export const announceReturn = (
  { returnId, lines: parts }: Data<'AnnounceReturn'>,
  order: Readonly<Order>,
): OrderEvent[] => {
  if (order.announcedReturns.has(returnId)) return [];
  const lines = lineQuantities(unitsByLine(parts));
  const refused = lines.find(({ lineId, quantity }) => quantity > returnableUnits(order, lineId));
  return refused
    ? [{ type: 'OrderReturnRefused', data: { returnId, lines, reason: refusalReason(refused, order) } }]
    : [{ type: 'OrderReturnAnnounced', data: { returnId, lines } }];
};

const refusalReason = ({ lineId }: LineQuantity, order: Readonly<Order>) =>
  order.lines.has(lineId) ? 'exceeds-returnable' : 'line-not-found';

export const withdrawReturn = (
  { returnId }: Data<'WithdrawReturn'>,
  { announcedReturns }: Readonly<Order>,
): OrderEvent[] => (announcedReturns.has(returnId) ? [{ type: 'OrderReturnWithdrawn', data: { returnId } }] : []);

/**
 * A return has happened and is always recorded. Units that the buyer could not have are recorded as `excess` and have no
 * value. The refund first lowers the amount that is still due.
 */
export const recordReturned = (
  { returnId, lines: parts, refundCharges }: Data<'RecordReturned'>,
  order: Readonly<Order>,
): OrderEvent[] => {
  const returned = [...unitsByLine(parts)].map(([lineId, units]) => {
    const line = order.lines.get(lineId);
    const withBuyer = line ? unitsWithBuyer(line) : 0;
    const quantity = Math.min(units, withBuyer);
    const value = line ? shareOfValue(line.valueWithBuyer, quantity, withBuyer) : NO_VALUE;
    return { lineId, quantity, excess: units - quantity, value };
  });
  const lines = lineQuantities(new Map(returned.map(({ lineId, quantity }) => [lineId, quantity])));
  const excess = lineQuantities(new Map(returned.map((line) => [line.lineId, line.excess])));
  const refund = returned.reduce((sum, { value }) => sum + (refundCharges ? totalValue(value) : value.goods), 0);
  const unpaid = Math.min(refund, amountDue(order));
  const data = { returnId, lines, refund, ...(unpaid > 0 && { unpaid }), ...(excess.length > 0 && { excess }) };
  return [{ type: 'OrderLinesReturned', data }];
};
