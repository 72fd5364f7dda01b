import { type AnyProcess } from '#kernel';
import { appointments } from './appointments.process.js';
import { whenOrderOfCartAnsweredThenEndCart } from './cart-orders.process.js';
import { carts } from './carts.process.js';
import { checkout } from './checkout.process.js';
import {
  whenLinesCancelledThenRelease,
  whenOrderRecordedThenIssueStock,
  whenReturnRecordedThenRestock,
} from './facts.process.js';
import { fulfillmentProcess } from './fulfillment.process.js';
import { whenGoodsLeftThenBook } from './goods-left.process.js';
import { instruments } from './instruments.process.js';
import { payments } from './payments.process.js';
import { whenReorderButtonPressedThenPlaceOrder } from './reorder.process.js';
import { returns } from './returns.process.js';
import { settlement } from './settlement.process.js';
import { shipments } from './shipments.process.js';
import { transferProcess } from './transfer.process.js';

export interface ProcessSettings {
  /** How long a location may take to accept what it is assigned. */
  readonly acceptWithinSeconds?: number;
}

/** Every process that the worker runs. */
export const processes = ({ acceptWithinSeconds }: ProcessSettings = {}): readonly AnyProcess[] => [
  checkout,
  settlement,
  transferProcess,
  whenOrderRecordedThenIssueStock,
  whenReturnRecordedThenRestock,
  returns,
  whenLinesCancelledThenRelease,
  fulfillmentProcess(acceptWithinSeconds),
  whenGoodsLeftThenBook,
  shipments,
  payments,
  instruments,
  carts,
  whenOrderOfCartAnsweredThenEndCart,
  appointments,
  whenReorderButtonPressedThenPlaceOrder,
];

/** What all processes together listen to. */
export const processCategories: readonly string[] = [...new Set(processes().flatMap(({ categories }) => categories))];
