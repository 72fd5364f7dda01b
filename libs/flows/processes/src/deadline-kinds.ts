import { type DueWork } from './due-timer.js';

/** Something that runs out. */
export interface DeadlineKind {
  /** Over the read models; `$1` is the time now, `$2` the most rows to answer, the most overdue first. */
  readonly sql: string;
  readonly work: (row: Readonly<Record<string, unknown>>) => DueWork;
}

/** `Row` says what the query answers. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- it is said once, where the query is
const kind = <Row>(sql: string, work: (row: Row) => DueWork): DeadlineKind => ({
  sql,
  work: work as DeadlineKind['work'],
});

interface DueReservation {
  readonly sku: string;
  readonly location_id: string;
  readonly reservation_id: string;
  readonly owner_id: string;
  readonly expires_at: Date;
}

const pendingCheckouts = kind<{ order_id: string }>(
  `SELECT order_id FROM read.order_status
   WHERE state = 'pending' AND expires_at <= $1 ORDER BY expires_at LIMIT $2`,
  ({ order_id: orderId }) => ({
    intent: { type: 'ExpireCheckout', data: { orderId } },
    id: orderId,
    correlationId: orderId,
  }),
);

/** A reservation that was extended runs out once more, with another id. */
const softReservations = kind<DueReservation>(
  `SELECT sku, location_id, reservation_id, owner_id, expires_at FROM read.open_reservation
   WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2`,
  (row) => ({
    intent: {
      type: 'ExpireReservation',
      data: { sku: row.sku, locationId: row.location_id, reservationId: row.reservation_id },
    },
    id: `${row.sku}~${row.location_id}/${row.reservation_id}/${row.expires_at.toISOString()}`,
    correlationId: row.owner_id,
  }),
);

const giftCards = kind<{ gift_card_id: string }>(
  `SELECT gift_card_id FROM read.gift_card WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2`,
  ({ gift_card_id: giftCardId }) => ({
    intent: { type: 'ExpireGiftCard', data: { giftCardId } },
    id: `giftcard/${giftCardId}`,
    correlationId: giftCardId,
  }),
);

const vouchers = kind<{ voucher_id: string }>(
  `SELECT voucher_id FROM read.voucher
   WHERE expires_at <= $1 AND NOT expired ORDER BY expires_at LIMIT $2`,
  ({ voucher_id: voucherId }) => ({
    intent: { type: 'ExpireVoucher', data: { voucherId } },
    id: `voucher/${voucherId}`,
    correlationId: voucherId,
  }),
);

/** Each time that nobody answers, the next question is due later. */
const unknownPayments = kind<{ payment_id: string; order_id: string; next_ask_at: Date }>(
  `SELECT payment_id, order_id, next_ask_at FROM read.payment
   WHERE next_ask_at <= $1 ORDER BY next_ask_at LIMIT $2`,
  ({ payment_id: paymentId, order_id: correlationId, next_ask_at: askAt }) => ({
    intent: { type: 'ResolvePayment', data: { paymentId } },
    id: `${paymentId}/${askAt.toISOString()}`,
    correlationId,
  }),
);

/** A cart that was frozen for an order which never came. */
const idleCheckouts = kind<{ cart_id: string; order_id: string; checkout_expires_at: Date }>(
  `SELECT cart_id, order_id, checkout_expires_at FROM read.cart
   WHERE checkout_expires_at <= $1 ORDER BY checkout_expires_at LIMIT $2`,
  ({ cart_id: cartId, order_id: orderId, checkout_expires_at: at }) => ({
    intent: { type: 'ExpireCartCheckout', data: { cartId, orderId } },
    id: `cart/${cartId}/${orderId}/${at.toISOString()}`,
    correlationId: cartId,
  }),
);

const missedAppointments = kind<{ appointment_id: string; hold_until: Date }>(
  `SELECT appointment_id, hold_until FROM read.appointment
   WHERE hold_until <= $1 ORDER BY hold_until LIMIT $2`,
  ({ appointment_id: appointmentId, hold_until: at }) => ({
    intent: { type: 'MissAppointment', data: { appointmentId } },
    id: `appointment/${appointmentId}/${at.toISOString()}`,
    correlationId: appointmentId,
  }),
);

/** A hold stops the clock. */
const unaccepted = kind<{ fulfillment_id: string; order_id: string; accept_by: Date }>(
  `SELECT fulfillment_id, order_id, accept_by FROM read.fulfillment
   WHERE state = 'assigned' AND NOT held AND accept_by <= $1 ORDER BY accept_by LIMIT $2`,
  ({ fulfillment_id: fulfillmentId, order_id: correlationId, accept_by: at }) => ({
    intent: { type: 'ExpireAcceptance', data: { fulfillmentId } },
    id: `fulfillment/${fulfillmentId}/${at.toISOString()}`,
    correlationId,
  }),
);

interface DuePickup {
  readonly fulfillment_id: string;
  readonly order_id: string;
  readonly pickup_until: Date;
}

const pickup = (intent: string, condition: string) =>
  kind<DuePickup>(
    `SELECT fulfillment_id, order_id, pickup_until FROM read.fulfillment
     WHERE state = 'ready' AND NOT held AND ${condition} ORDER BY pickup_until LIMIT $2`,
    ({ fulfillment_id: fulfillmentId, order_id: correlationId, pickup_until: at }) => ({
      intent: { type: intent, data: { fulfillmentId } },
      id: `fulfillment/${fulfillmentId}/${at.toISOString()}`,
      correlationId,
    }),
  );

const pickupReminders = pickup('RemindPickup', `NOT reminded AND pickup_until <= $1::timestamptz + interval '1 day'`);
const pickups = pickup('ExpirePickup', 'pickup_until <= $1');

export const deadlineKinds: readonly DeadlineKind[] = [
  pendingCheckouts,
  softReservations,
  unaccepted,
  pickupReminders,
  pickups,
  giftCards,
  vouchers,
  unknownPayments,
  idleCheckouts,
  missedAppointments,
];
