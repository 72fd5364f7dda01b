import { type AnyProcess } from '#kernel';
import { checkout } from './checkout.process.js';
import {
  whenLinesCancelledThenRelease,
  whenOrderRecordedThenIssueStock,
  whenReturnRecordedThenRestock,
} from './facts.process.js';
import { instruments } from './instruments.process.js';
import { payments } from './payments.process.js';

/** Every process that the worker runs. */
export const processes: readonly AnyProcess[] = [
  checkout,
  whenOrderRecordedThenIssueStock,
  whenReturnRecordedThenRestock,
  whenLinesCancelledThenRelease,
  payments,
  instruments,
];
