/**
 * Holds an order whose money the provider no longer guarantees, so that nothing leaves unpaid: its authorization has expired or
 * was taken back, or the provider denies a capture. A person may release the hold, and ships at their own risk then.
 *
 *   PaymentDisputed with missing money ──▶ HoldOrder ──▶ [disputed] ──PaymentDisputeResolved of all──▶ ReleaseOrderHold
 */
import { idOf } from '#event-store';
import { type Named } from '#kernel';
import { type OrderCommand } from '#orders';
import { payment, type PaymentEvent } from '#payments';
import { COMPLETE, eventsOf, remember, type InputOf, type Process, type Reaction } from '#process-manager';

/** The payments of an order that are disputed. */
interface DisputedOrder {
  readonly paymentIds: readonly string[];
}

const inputs = eventsOf([payment]).only('PaymentDisputed', 'PaymentDisputeResolved');
type HoldCommand = Named<OrderCommand, 'HoldOrder' | 'ReleaseOrderHold'>;
type Outcome = Reaction<DisputedOrder, HoldCommand>;

export const holdDisputedOrder: Process<DisputedOrder, InputOf<typeof inputs>, HoldCommand> = {
  name: 'hold-disputed-order',
  inputs,
  instanceOf: ({ event: { data } }) => data.orderId,
  react: (state, { event, stream }) => {
    switch (event.type) {
      case 'PaymentDisputed':
        return disputed(state, idOf(stream), event.data);
      case 'PaymentDisputeResolved':
        return resolved(state, idOf(stream), event.data.orderId);
      case 'CommandRefused': // the order has ended
        return remember(state);
    }
  },
};

const HOLD = 'payment-disputed';

const disputed = (
  state: DisputedOrder | undefined,
  paymentId: string,
  { orderId, missing, code }: Named<PaymentEvent, 'PaymentDisputed'>['data'],
): Outcome => {
  if (missing === undefined) return remember(state);
  const others = (state?.paymentIds ?? []).filter((id) => id !== paymentId);
  const why = code === undefined ? '' : ` (${code})`;
  const reason = `${paymentId}: the provider says that ${missing} minor units are not there${why}`;
  return {
    state: { paymentIds: [...others, paymentId] },
    commands: [{ type: 'HoldOrder', data: { orderId, holdId: HOLD, reason } }],
  };
};

const resolved = (state: DisputedOrder | undefined, paymentId: string, orderId: string): Outcome => {
  if (!state) return COMPLETE;
  const paymentIds = state.paymentIds.filter((id) => id !== paymentId);
  if (paymentIds.length > 0) return remember({ paymentIds });
  return { state: undefined, commands: [{ type: 'ReleaseOrderHold', data: { orderId, holdId: HOLD } }] };
};
