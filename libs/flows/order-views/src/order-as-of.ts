import { byPosition } from '#event-store';
import { type RecordedAs, type Stamp } from '#projections';
import { orderStatus, type OrderStatusEvent, type OrderStatus } from './order-status.projection.js';

/**
 * An order as the read model showed it at an instant.
 *
 * @param recorded the events of its stream and of all other streams of its timeline except stock
 * @param asOf recording time, milliseconds since 1970
 */
export const orderAsOf = (
  orderId: string,
  recorded: readonly RecordedAs<OrderStatusEvent>[],
  asOf = Infinity,
): (OrderStatus & Stamp) | undefined => {
  let row: (OrderStatus & Stamp) | undefined;
  for (const event of recorded.toSorted(byPosition)) {
    if (event.recordedAt > asOf) break;
    if (!orderStatus.keysOf(event).some((key) => key.orderId === orderId)) continue;
    const after = orderStatus.project(row, event, { orderId });
    row = after && { ...after, revision: event.revision, position: event.position };
  }
  return row;
};
