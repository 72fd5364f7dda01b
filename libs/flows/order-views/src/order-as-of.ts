import { byPosition } from '#event-store';
import { type RecordedAs, type Stamp } from '#projections';
import { orderStatus, type EventOfOrder, type OrderStatus } from './order-status.projection.js';

/**
 * An order as the read model showed it at an instant.
 * @param recorded the events of its stream and of all others that its timeline names, but for stock
 * @param asOf recording time, milliseconds since 1970
 */
export const orderAsOf = (
  orderId: string,
  recorded: readonly RecordedAs<EventOfOrder>[],
  asOf = Infinity,
): (OrderStatus & Stamp) | undefined => {
  let row: (OrderStatus & Stamp) | undefined;
  for (const one of recorded.toSorted(byPosition)) {
    if (one.recordedAt > asOf) break;
    if (!orderStatus.keysOf(one).some((key) => key.orderId === orderId)) continue;
    const after = orderStatus.project(row, one, { orderId });
    row = after && { ...after, revision: one.revision, position: one.position };
  }
  return row;
};
