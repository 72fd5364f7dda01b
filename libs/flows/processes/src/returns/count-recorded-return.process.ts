/**
 * Tells each order that a recorded return names what came back and what the buyer was given, so that no other return takes
 * the same units back or pays for them again. An order that is not here, such as one of another system, hears nothing.
 *
 *   ReturnRecorded → AddRecordedReturn for each order
 */
import { idOf } from '#event-store';
import { lineTotal, type Named } from '#kernel';
import { type OrderCommand } from '#orders';
import { eventsOf, policy, type InputOf } from '#process-manager';
import { goodsReturn, ordersOfReturn, type ReturnRecorded } from '#returns';

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
  const { currency, total } = data;
  const parts = data.lines.filter(({ original }) => original?.orderId === orderId);
  const lines = parts.flatMap(({ original, quantity }) => (original ? [{ lineId: original.lineId, quantity }] : []));
  // Credits belong to the return as a whole, so they count only if it is a return of one order.
  const paidBack =
    parts.length === data.lines.length
      ? total
      : parts.reduce((sum, { unitPrice, quantity }) => sum + lineTotal({ ...unitPrice, currency }, quantity).amount, 0);
  return { type: 'AddRecordedReturn', data: { orderId, returnId, lines, paidBack, currency } };
};
