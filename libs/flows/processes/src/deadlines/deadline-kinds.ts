/** Everything that expires: a query of read models, and a command by which the stream checks the deadline itself. */
import { type AppointmentCommand, type CartCommand } from '#carts';
import { type FulfillmentCommand } from '#fulfillment';
import { type Named } from '#kernel';
import { type OrderCommand } from '#orders';
import { type PaymentCommand } from '#payments';
import { type DueCommand } from '#process-manager';
import { type StockItemCommand } from '#stock';
import { type GiftCardCommand, type VoucherCommand } from '#vouchers';

export type DeadlineCommand =
  | Named<OrderCommand, 'ExpireCheckout'>
  | StockItemCommand<'ExpireReservation'>
  | Named<FulfillmentCommand, 'ExpireAcceptance' | 'RemindPickup' | 'ExpirePickup'>
  | Named<GiftCardCommand, 'ExpireGiftCard'>
  | Named<VoucherCommand, 'ExpireVoucher'>
  | Named<PaymentCommand, 'ResolvePayment'>
  | Named<CartCommand, 'ExpireCartCheckout'>
  | Named<AppointmentCommand, 'MissAppointment'>;

/** `dueCommand` is a method, so that kinds with different rows fit into one list. */
interface DeadlineKind<Row extends object = object> {
  /** `$1` is the current time, `$2` the maximum number of rows. The most overdue come first. */
  readonly sql: string;
  dueCommand(row: Row): DueCommand<DeadlineCommand>;
}

const pendingCheckouts: DeadlineKind<{ readonly order_id: string }> = {
  sql: `SELECT order_id FROM read.order_status
        WHERE state = 'pending' AND expires_at <= $1 ORDER BY expires_at LIMIT $2`,
  dueCommand: ({ order_id: orderId }) => ({
    command: { type: 'ExpireCheckout', data: { orderId } },
    id: orderId,
    correlationId: orderId,
  }),
};

interface DueReservation {
  readonly sku: string;
  readonly location_id: string;
  readonly reservation_id: string;
  readonly owner_id: string;
  readonly expires_at: Date;
}

/** An extended reservation expires again, so its deadline is part of the command id. */
const softReservations: DeadlineKind<DueReservation> = {
  sql: `SELECT sku, location_id, reservation_id, owner_id, expires_at FROM read.open_reservation
        WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2`,
  dueCommand: ({ sku, location_id: locationId, reservation_id: reservationId, owner_id, expires_at }) => ({
    command: { type: 'ExpireReservation', data: { sku, locationId, reservationId } },
    id: `${sku}~${locationId}/${reservationId}/${expires_at.toISOString()}`,
    correlationId: owner_id,
  }),
};

const giftCards: DeadlineKind<{ readonly gift_card_id: string }> = {
  sql: `SELECT gift_card_id FROM read.gift_card WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2`,
  dueCommand: ({ gift_card_id: giftCardId }) => ({
    command: { type: 'ExpireGiftCard', data: { giftCardId } },
    id: `giftcard/${giftCardId}`,
    correlationId: giftCardId,
  }),
};

const vouchers: DeadlineKind<{ readonly voucher_id: string }> = {
  sql: `SELECT voucher_id FROM read.voucher
        WHERE expires_at <= $1 AND NOT expired ORDER BY expires_at LIMIT $2`,
  dueCommand: ({ voucher_id: voucherId }) => ({
    command: { type: 'ExpireVoucher', data: { voucherId } },
    id: `voucher/${voucherId}`,
    correlationId: voucherId,
  }),
};

interface DueInquiry {
  readonly payment_id: string;
  readonly order_id: string;
  readonly next_ask_at: Date;
}

/** After each inquiry without an answer, the next one is due later. */
const unknownPayments: DeadlineKind<DueInquiry> = {
  sql: `SELECT payment_id, order_id, next_ask_at FROM read.payment
        WHERE next_ask_at <= $1 ORDER BY next_ask_at LIMIT $2`,
  dueCommand: ({ payment_id: paymentId, order_id: correlationId, next_ask_at }) => ({
    command: { type: 'ResolvePayment', data: { paymentId } },
    id: `${paymentId}/${next_ask_at.toISOString()}`,
    correlationId,
  }),
};

interface DueCartCheckout {
  readonly cart_id: string;
  readonly order_id: string;
  readonly checkout_expires_at: Date;
}

/** Carts that were frozen for an order which was never placed. */
const idleCheckouts: DeadlineKind<DueCartCheckout> = {
  sql: `SELECT cart_id, order_id, checkout_expires_at FROM read.cart
        WHERE checkout_expires_at <= $1 ORDER BY checkout_expires_at LIMIT $2`,
  dueCommand: ({ cart_id: cartId, order_id: orderId, checkout_expires_at }) => ({
    command: { type: 'ExpireCartCheckout', data: { cartId, orderId } },
    id: `cart/${cartId}/${orderId}/${checkout_expires_at.toISOString()}`,
    correlationId: cartId,
  }),
};

const missedAppointments: DeadlineKind<{ readonly appointment_id: string; readonly hold_until: Date }> = {
  sql: `SELECT appointment_id, hold_until FROM read.appointment
        WHERE hold_until <= $1 ORDER BY hold_until LIMIT $2`,
  dueCommand: ({ appointment_id: appointmentId, hold_until }) => ({
    command: { type: 'MissAppointment', data: { appointmentId } },
    id: `appointment/${appointmentId}/${hold_until.toISOString()}`,
    correlationId: appointmentId,
  }),
};

interface DueAcceptance {
  readonly fulfillment_id: string;
  readonly order_id: string;
  readonly accept_by: Date;
}

/** While the order is on hold, its fulfillments do not expire. */
const unacceptedFulfillments: DeadlineKind<DueAcceptance> = {
  sql: `SELECT fulfillment_id, order_id, accept_by FROM read.fulfillment
        WHERE state = 'assigned' AND NOT held AND accept_by <= $1 ORDER BY accept_by LIMIT $2`,
  dueCommand: ({ fulfillment_id: fulfillmentId, order_id: correlationId, accept_by }) => ({
    command: { type: 'ExpireAcceptance', data: { fulfillmentId } },
    id: `fulfillment/${fulfillmentId}/${accept_by.toISOString()}`,
    correlationId,
  }),
};

interface DuePickup {
  readonly fulfillment_id: string;
  readonly order_id: string;
  readonly pickup_until: Date;
}

const pickups = (type: 'RemindPickup' | 'ExpirePickup', condition: string): DeadlineKind<DuePickup> => ({
  sql: `SELECT fulfillment_id, order_id, pickup_until FROM read.fulfillment
        WHERE state = 'ready' AND NOT held AND ${condition} ORDER BY pickup_until LIMIT $2`,
  dueCommand: ({ fulfillment_id: fulfillmentId, order_id: correlationId, pickup_until }) => ({
    command: { type, data: { fulfillmentId } },
    id: `fulfillment/${fulfillmentId}/${pickup_until.toISOString()}`,
    correlationId,
  }),
});

export const deadlineKinds: readonly DeadlineKind[] = [
  pendingCheckouts,
  softReservations,
  unacceptedFulfillments,
  pickups('RemindPickup', `NOT reminded AND pickup_until <= $1::timestamptz + interval '1 day'`),
  pickups('ExpirePickup', 'pickup_until <= $1'),
  giftCards,
  vouchers,
  unknownPayments,
  idleCheckouts,
  missedAppointments,
];
