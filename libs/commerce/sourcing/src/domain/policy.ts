/** Commands and events of a sourcing policy: stream `sourcingpolicy-<policyId>`. A published version never changes. */
import { type Message } from '#kernel';

export type LocationType = 'warehouse' | 'store' | 'showroom' | 'dropship';

/** Each criterion gives a location a value from 0 to 1. */
export type CriterionKind =
  /** Higher the earlier it comes in the channel's order of preference. */
  | 'priority'
  /** Higher the nearer it is to the destination; if the coordinates are unknown, 1 in the same country and else 0. */
  | 'distance'
  /** Higher the more of the ordered units it has. */
  | 'stock'
  /** Higher the more of its capacity of the day is free. */
  | 'capacity'
  /** Higher the more a parcel costs, see {@link Costs}. It is subtracted once for each location. */
  | 'cost'
  /** Subtracted for each location of a plan after the first. */
  | 'splits';

export interface Criterion {
  readonly by: CriterionKind;
  readonly weight: number;
}

/** All conditions that are given must hold. */
export interface Conditions {
  readonly channels?: readonly string[];
  /** ISO 3166-1 alpha-2. */
  readonly countries?: readonly string[];
  /** Value of the goods in minor units of the channel's currency, inclusive. */
  readonly minValue?: number;
  readonly maxValue?: number;
  readonly minLines?: number;
  readonly maxLines?: number;
  readonly methods?: readonly ('ship' | 'pickup')[];
}

export interface Strategy {
  readonly name: string;
  readonly when?: Conditions;
  readonly criteria: readonly Criterion[];
  /** Undefined allows all. */
  readonly locationTypes?: readonly LocationType[];
  /** Locations that are never used. */
  readonly exclude?: readonly string[];
  /** Maximum number of locations for lines that are allocated together. */
  readonly maxSplit?: number;
  /** What happens if the eligible locations have too little. */
  readonly fallback: 'any-location' | 'backorder' | 'reject';
}

/** Minor units of the channel's currency. */
export interface Costs {
  readonly perParcel: number;
  readonly perKm: number;
}

/** How many fulfillments a location takes on in a day (UTC). */
export interface Capacity {
  readonly locationId: string;
  readonly perDay: number;
}

export interface Policy {
  /** The first strategy whose conditions hold is used; if none does, the channel's order of preference. */
  readonly strategies: readonly Strategy[];
  readonly costs?: Costs;
  readonly capacities?: readonly Capacity[];
  /** Whether other locations may send a pickup store what it lacks. */
  readonly shipToStore?: boolean;
}

/** With `channel`, for this channel only; without it, for all channels that have no policy of their own. */
interface ForChannel {
  readonly channel?: string;
}

export type PolicyCommand =
  | Message<'PublishSourcingPolicy', { policyId: string } & Policy>
  | Message<'ActivateSourcingPolicy', { policyId: string; version: number } & ForChannel>
  | Message<'DeactivateSourcingPolicy', { policyId: string } & ForChannel>;

export type PolicyEvent =
  | Message<'SourcingPolicyPublished', Policy & { version: number }>
  /** Replaces the policy that was active for the same channel, or for all. */
  | Message<'SourcingPolicyActivated', ForChannel & { version: number }>
  | Message<'SourcingPolicyDeactivated', ForChannel>;
