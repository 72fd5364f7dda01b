/** Upcasts states that earlier versions stored without phases. */
import { type Allocation, type FulfillmentPlan, type Tender } from '#orders';
import { type DeclinedReservation } from '#sourcing';
import { type Checkout } from './checkout.process.js';

interface CheckoutWithoutPhase {
  readonly orderId: string;
  readonly needsStock: boolean;
  readonly plan?: FulfillmentPlan;
  readonly open: readonly Allocation[];
  readonly held: readonly Allocation[];
  readonly declined: readonly DeclinedReservation[];
  readonly currency: string;
  /** Absent once payments were requested. */
  readonly tenders?: readonly Tender[];
  readonly paying?: readonly string[];
  readonly closing?: true;
}

export const upcastCheckout = (stored: Checkout | CheckoutWithoutPhase): Checkout =>
  'phase' in stored ? stored : withPhase(stored);

const withPhase = (stored: CheckoutWithoutPhase): Checkout => {
  const { orderId, open, held: reserved, paying } = stored;
  if (stored.closing) return { phase: 'rejected', pending: open };
  if (!paying) return beforePayment(stored);
  return paying.length > 0
    ? { phase: 'paying', orderId, reserved, payments: paying }
    : { phase: 'confirming', reserved };
};

const beforePayment = (stored: CheckoutWithoutPhase): Checkout => {
  const { orderId, currency, needsStock, tenders = [], plan, open: pending, held: reserved, declined } = stored;
  const order = { orderId, currency, needsStock, tenders, reserved };
  if (!plan) return { ...order, phase: 'planning', attempt: 0 };
  if (pending.length > 0) return { ...order, phase: 'reserving', plan, pending, declined };
  return isReserved(plan, reserved)
    ? { phase: 'confirming', reserved }
    : { ...order, phase: 'planning', attempt: plan.attempt };
};

/** If so, ConfirmOrder was sent: the order had no tenders, or payments would have been requested. */
const isReserved = ({ allocations }: FulfillmentPlan, reserved: readonly Allocation[]) =>
  allocations.every((one) => reserved.some(({ reservationId }) => reservationId === one.reservationId));
