/** The plan that allocates the units of an order to locations. */
import { type Method } from './order-details.js';
import { type SourcingDecision } from './sourcing-decision.js';

/** Units of one SKU to reserve at one location for some lines of the order. */
export interface Allocation {
  /** UUIDv5 of `<orderId>/<attempt>/<sku>/<locationId>`. */
  readonly reservationId: string;
  readonly sku: string;
  readonly locationId: string;
  readonly quantity: number;
  readonly lines: readonly AllocatedLine[];
  /** The channel's safety stock there, if any. */
  readonly keep?: number;
  /** A reservation of the buyer's cart at the same location, which this one takes over. */
  readonly replaces?: string;
}

export interface LineQuantity {
  readonly lineId: string;
  readonly quantity: number;
}

/**
 * `fixed` units were ordered from this location and cannot be moved to another. Units with `pickupAt` are picked up there
 * and may be sent there from another location.
 */
export type AllocatedLine = LineQuantity & { readonly fixed?: true; readonly pickupAt?: string };

/** The stock of a location as it was known when the plan was made. It may be stale: the stock stream decides. */
export interface Candidate {
  readonly sku: string;
  readonly locationId: string;
  /** Available units; in a plan, less the safety stock of the channel. */
  readonly available: number;
  /** In a plan: the channel's safety stock there, if any. */
  readonly keep?: number;
}

/** A location that the channel sells from. */
export interface OfferedLocation {
  readonly locationId: string;
  readonly methods: readonly Method[];
  /** Whether the location takes no new reservations at the moment. */
  readonly paused: boolean;
  /** Units at the location that the channel does not sell. */
  readonly safetyStock: number;
}

/** The part of a channel's configuration that applies to its orders. */
export interface ChannelTerms {
  /** Version of the configuration. */
  readonly version: number;
  readonly currency: string;
  readonly reservationTtlSeconds: number;
  /** In order of preference. */
  readonly locations: readonly OfferedLocation[];
}

export interface FulfillmentPlan {
  /** Starts at 1. */
  readonly attempt: number;
  readonly allocations: readonly Allocation[];
  /** Locations with stock for lines that name no location, the preferred first. */
  readonly candidates: readonly Candidate[];
  /** Version of the channel's configuration that the plan rests on. */
  readonly policyVersion: number;
  /** Present if a sourcing policy chose the locations. */
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

/** `reservationId` names the reservation to cancel from first: see {@link planCancellation}. */
export type CancelledUnits = LineQuantity & { readonly reservationId?: string };

/** Releases `by` units of a reservation; `left` units stay reserved. */
export interface Release {
  readonly reservationId: string;
  readonly sku: string;
  readonly locationId: string;
  readonly by: number;
  readonly left: number;
  /** The units by line; they add up to `by`. */
  readonly lines: readonly LineQuantity[];
}
