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

interface DisputedOrder {
  /** The operations of its payments that are disputed, as `<paymentId>/<operationId>`. */
  readonly operations: readonly string[];
}

const inputs = eventsOf([payment]).only('PaymentDisputed', 'PaymentDisputeResolved');
type HoldCommand = Named<OrderCommand, 'HoldOrder' | 'ReleaseOrderHold'>;
type HoldReaction = Reaction<DisputedOrder, HoldCommand>;

export const holdDisputedOrder: Process<DisputedOrder, InputOf<typeof inputs>, HoldCommand> = {
  name: 'hold-disputed-order',
  inputs,
  instanceOf: ({ event: { data } }) => data.orderId,
  react: (state, { event, stream }) => {
    switch (event.type) {
      case 'PaymentDisputed':
        return disputed(state, idOf(stream), event.data);
      case 'PaymentDisputeResolved':
        return resolved(state, idOf(stream), event.data);
      case 'CommandRefused': // the order is not here or has ended
        return COMPLETE;
    }
  },
};

const HOLD = 'payment-disputed';

const disputed = (
  state: DisputedOrder | undefined,
  paymentId: string,
  { orderId, operationId, missing, code }: Named<PaymentEvent, 'PaymentDisputed'>['data'],
): HoldReaction => {
  if (missing === undefined) return remember(state);
  const operation = `${paymentId}/${operationId}`;
  const why = code === undefined ? '' : ` (${code})`;
  const note = `${paymentId}: according to the provider, ${missing} minor units are missing${why}`;
  return {
    state: { operations: [...without(state, operation), operation] },
    commands: [{ type: 'HoldOrder', data: { orderId, holdId: HOLD, reason: HOLD, note } }],
  };
};

const resolved = (
  state: DisputedOrder | undefined,
  paymentId: string,
  { orderId, operationId }: Named<PaymentEvent, 'PaymentDisputeResolved'>['data'],
): HoldReaction => {
  if (!state) return COMPLETE;
  const operations = without(state, `${paymentId}/${operationId}`);
  if (operations.length > 0) return remember({ operations });
  return { state: undefined, commands: [{ type: 'ReleaseOrderHold', data: { orderId, holdId: HOLD } }] };
};

const without = (state: DisputedOrder | undefined, operation: string) =>
  (state?.operations ?? []).filter((one) => one !== operation);
