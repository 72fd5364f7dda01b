/**
 * Tells each order that a recorded return names what came back and what the buyer was given, so that no other return takes
 * the same units back or pays for them again. Nothing is sent to an order that is not in the log, such as one of another system.
 *
 *   ReturnRecorded → AddRecordedReturn for each order
 */
import { idOf } from '#event-store';
import { type Named } from '#kernel';
import { type OrderCommand } from '#orders';
import { eventsOf, policy, type InputOf } from '#process-manager';
import { goodsReturn, ordersOfReturn, paidBackFor, type ReturnRecorded } from '#returns';

const inputs = eventsOf([goodsReturn]).only('ReturnRecorded');
type AddRecordedReturn = Named<OrderCommand, 'AddRecordedReturn'>;

export const whenReturnRecordedThenCountAgainstOrder = policy<InputOf<typeof inputs>, AddRecordedReturn>({
  name: 'count-recorded-return',
  inputs,
  instanceOf: ({ stream }) => stream,
  commandsAfter: ({ event, stream }) =>
    event.type === 'CommandRefused'
      ? []
      : ordersOfReturn(event).map((orderId) => countOf(orderId, idOf(stream), event)),
});

const countOf = (orderId: string, returnId: string, { data }: ReturnRecorded): AddRecordedReturn => {
  const lines = data.lines.flatMap(({ original, quantity }) =>
    original?.orderId === orderId ? [{ lineId: original.lineId, quantity }] : [],
  );
  const paidBack = paidBackFor(orderId, data);
  return { type: 'AddRecordedReturn', data: { orderId, returnId, lines, paidBack, currency: data.currency } };
};
