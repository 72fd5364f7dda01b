/** Units that come back. Never more than are with the buyer. */
import { returnableUnits } from './order-evolve.js';
import { type LineQuantity, type OrderCommand, type OrderEvent } from './order-messages.js';
import { type Order } from './order-state.js';
import { amountDue } from './tenders.js';
import { unitsWithBuyer, lineQuantities, unitsByLine } from './line-units.js';
import { shareOfValue, totalValue } from './line-value.js';

type Data<Type extends OrderCommand['type']> = Extract<OrderCommand, { type: Type }>['data'];

/** All of it or nothing: never more than is with the buyer and not announced by another return. */
export const announceReturn = (
  { returnId, lines: parts }: Data<'AnnounceReturn'>,
  order: Readonly<Order>,
): OrderEvent[] => {
  if (order.announcedReturns.has(returnId)) return [];
  const lines = lineQuantities(unitsByLine(parts));
  const beyond = lines.find(({ lineId, quantity }) => quantity > returnableUnits(order, lineId));
  return beyond
    ? [{ type: 'OrderReturnRefused', data: { returnId, lines, reason: refusal(beyond, order) } }]
    : [{ type: 'OrderReturnAnnounced', data: { returnId, lines } }];
};

const refusal = ({ lineId }: LineQuantity, order: Readonly<Order>) =>
  order.lines.has(lineId) ? 'exceeds-returnable' : 'line-not-found';

export const withdrawReturn = (
  { returnId }: Data<'WithdrawReturn'>,
  { announcedReturns: announced }: Readonly<Order>,
): OrderEvent[] => (announced.has(returnId) ? [{ type: 'OrderReturnWithdrawn', data: { returnId } }] : []);

/** A fact: what is more than the buyer has is said, and worth nothing. What is due still is not given back, but due no more. */
export const recordReturned = (
  { returnId, lines: parts, refundCharges }: Data<'RecordReturned'>,
  order: Readonly<Order>,
): OrderEvent[] => {
  const came = [...unitsByLine(parts)].map(([lineId, quantity]) => {
    const line = order.lines.get(lineId);
    const most = line ? unitsWithBuyer(line) : 0;
    const worth = line ? shareOfValue(line.keptValue, Math.min(quantity, most), most) : { goods: 0, charges: 0 };
    return { lineId, quantity: Math.min(quantity, most), beyond: Math.max(0, quantity - most), worth };
  });
  const excess = came.filter(({ beyond }) => beyond > 0).map(({ lineId, beyond }) => ({ lineId, quantity: beyond }));
  const refund = came.reduce((all, { worth }) => all + (refundCharges ? totalValue(worth) : worth.goods), 0);
  const lines = came.filter(({ quantity }) => quantity > 0).map(({ lineId, quantity }) => ({ lineId, quantity }));
  const unpaid = Math.min(refund, amountDue(order));
  const data = { returnId, lines, refund, ...(unpaid > 0 && { unpaid }), ...(excess.length > 0 && { excess }) };
  return [{ type: 'OrderLinesReturned', data }];
};
