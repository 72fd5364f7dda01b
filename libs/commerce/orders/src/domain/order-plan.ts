/** Where the units of an order come from, and who holds them. */
import { type Method } from './order-details.js';
import { type SourcingDecision } from './sourcing-decision.js';

/** Stock of one SKU to be reserved at one location for some lines of the order. */
export interface Allocation {
  /** UUIDv5 of `<orderId>/<attempt>/<sku>/<locationId>`. */
  readonly reservationId: string;
  readonly sku: string;
  readonly locationId: string;
  readonly quantity: number;
  readonly lines: readonly AllocatedLine[];
  /** Units that the channel leaves alone there, if any. */
  readonly keep?: number;
  /** A reservation of the buyer's cart at the same place, which this one takes over. */
  readonly replaces?: string;
}

export interface LineQuantity {
  readonly lineId: string;
  readonly quantity: number;
}

/**
 * `fixed` units were ordered from this very place: no other will do. Those with `pickupAt` are picked up there, and may
 * be sent there from another place.
 */
export type AllocatedLine = LineQuantity & { readonly fixed?: true; readonly pickupAt?: string };

/** What was known of a place when the plan was made. Advice only: the stock stream decides. */
export interface Candidate {
  readonly sku: string;
  readonly locationId: string;
  /** Free units; in a plan, without those that the channel leaves alone. */
  readonly available: number;
  /** In a plan: units that the channel leaves alone there, if any. */
  readonly keep?: number;
}

/** A location that the channel sells from. */
export interface OfferedLocation {
  readonly locationId: string;
  readonly methods: readonly Method[];
  /** Takes no new reservations now. */
  readonly paused: boolean;
  /** Units that the channel leaves alone there. */
  readonly safetyStock: number;
}

/** What the channel's configuration says about its orders. */
export interface ChannelTerms {
  /** Version of the configuration. */
  readonly version: number;
  readonly currency: string;
  readonly reservationTtlSeconds: number;
  /** In order of preference. */
  readonly locations: readonly OfferedLocation[];
}

export interface FulfillmentPlan {
  /** 1, then one more after each refusal. */
  readonly attempt: number;
  readonly allocations: readonly Allocation[];
  /** Places with stock that lines without a location could come from, the preferred first. */
  readonly candidates: readonly Candidate[];
  /** Version of the channel's configuration that the plan rests on. */
  readonly policyVersion: number;
  /** Where a policy chose the places. */
  readonly sourcing?: SourcingDecision;
}

export interface RejectionReason {
  /** `sold-out`, `no-location`, `checkout-expired`, … */
  readonly code: string;
  readonly sku?: string;
  readonly available?: number;
}

/** Units that left from a reservation. */
export interface FulfilledReservation {
  readonly reservationId: string;
  readonly lines: readonly LineQuantity[];
}

/** `reservationId`: what held them; without it they are taken from the open units, then from the last reservation back. */
export type CancelledUnits = LineQuantity & { readonly reservationId?: string };

/** How much of a reservation to give back; `left` units stay reserved. */
export interface Release {
  readonly reservationId: string;
  readonly sku: string;
  readonly locationId: string;
  readonly by: number;
  readonly left: number;
  /** Whose units they are; they add up to `by`. */
  readonly lines: readonly LineQuantity[];
}
