import { lineTotal } from '#kernel';
import { type ReturnLine, type ReturnRecorded } from '#returns';
import { withAxes } from './order-axes.js';
import { moveUnits } from './order-lines.projection.js';
import { type OrderStatus } from './order-status.projection.js';

/** Adds what a return brought back to the lines that it was sold in. */
export const withReturn = (row: OrderStatus, { data }: ReturnRecorded): OrderStatus => {
  const sold = new Set(row.lines.map(({ lineId }) => lineId));
  const back = data.lines.flatMap((line) => {
    const { original, quantity } = line;
    return original?.orderId === row.orderId && sold.has(original.lineId)
      ? [{ lineId: original.lineId, quantity, worth: data.currency === row.currency ? worth(line, row.currency) : 0 }]
      : [];
  });
  return withAxes({
    ...row,
    lines: moveUnits(row.lines, back, 'returned'),
    returnedAmount: back.reduce((all, one) => all + one.worth, row.returnedAmount),
  });
};

const worth = ({ unitPrice, quantity }: ReturnLine, currency: string) =>
  lineTotal({ ...unitPrice, currency }, quantity).amount;
