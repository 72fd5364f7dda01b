import { type CommandOf } from '#process-manager';
import { appointments } from './appointments/appointments.process.js';
import { whenOrderOfCartAnsweredThenEndCart } from './carts/cart-orders.process.js';
import { carts } from './carts/carts.process.js';
import { checkout } from './checkout/checkout.process.js';
import { fulfillmentProcess } from './fulfillment/fulfillment.process.js';
import { whenRefundedWithoutReturnThenCountAgainstOrder } from './payments/count-refund.process.js';
import { holdDisputedOrder } from './payments/hold-disputed-order.process.js';
import { instruments } from './payments/instruments.process.js';
import { payments } from './payments/payments.process.js';
import { whenReorderButtonPressedThenPlaceOrder } from './reorder/reorder.process.js';
import { whenReturnRecordedThenCountAgainstOrder } from './returns/count-recorded-return.process.js';
import { returns } from './returns/returns.process.js';
import { settlement } from './settlement/settlement.process.js';
import { shipments } from './shipments/shipments.process.js';
import { whenGoodsLeftThenBook } from './stock-movements/book-goods-left.process.js';
import {
  whenLinesCancelledThenRelease,
  whenOrderRecordedThenIssueStock,
  whenReturnRecordedThenRestock,
} from './stock-movements/recorded-facts.process.js';
import { transferProcess } from './transfers/transfer.process.js';

export interface ProcessSettings {
  /** How long a location may take to accept an assignment. */
  readonly acceptWithinSeconds?: number;
}

/** Every process that the worker runs. */
export const processes = ({ acceptWithinSeconds }: ProcessSettings = {}) => [
  checkout,
  settlement,
  transferProcess,
  whenOrderRecordedThenIssueStock,
  whenReturnRecordedThenRestock,
  returns,
  whenReturnRecordedThenCountAgainstOrder,
  whenRefundedWithoutReturnThenCountAgainstOrder,
  whenLinesCancelledThenRelease,
  fulfillmentProcess(acceptWithinSeconds),
  whenGoodsLeftThenBook,
  shipments,
  payments,
  holdDisputedOrder,
  instruments,
  carts,
  whenOrderOfCartAnsweredThenEndCart,
  appointments,
  whenReorderButtonPressedThenPlaceOrder,
];

/** Every command that a process sends. */
export type ProcessCommand = CommandOf<ReturnType<typeof processes>[number]>;

/** The categories of streams that the processes subscribe to. */
export const processCategories: readonly string[] = [
  ...new Set(processes().flatMap(({ inputs }) => inputs.categories)),
];
