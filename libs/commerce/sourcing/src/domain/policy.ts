/** What is said to and by a sourcing policy: stream `sourcingpolicy-<policyId>`. Its versions never change. */
import { type Message } from '#kernel';

export type LocationType = 'warehouse' | 'store' | 'showroom' | 'dropship';

/** What a place is judged by; a value of 0 to 1 each. */
export type CriterionKind =
  /** First in the channel's order. */
  | 'priority'
  /** Near to where the goods go; without a position, in the same country. */
  | 'distance'
  /** Much of what is wanted is there. */
  | 'stock'
  /** Much of the day's capacity is left. */
  | 'capacity'
  /** Costs little, see {@link Costs}: counts against a place, once. */
  | 'cost'
  /** Each place after the first counts against a plan. */
  | 'splits';

export interface Criterion {
  readonly by: CriterionKind;
  readonly weight: number;
}

/** All that is given must hold. */
export interface Conditions {
  readonly channels?: readonly string[];
  /** ISO 3166-1 alpha-2. */
  readonly countries?: readonly string[];
  /** Value of the goods in minor units of the channel's currency: at least, and at most. */
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
  /** None given: all. */
  readonly locationTypes?: readonly LocationType[];
  /** Locations that are never used. */
  readonly exclude?: readonly string[];
  /** Most places that may share in what is sourced together. */
  readonly maxSplit?: number;
  /** When the places that are left have too little. */
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
  /** The first whose conditions hold is used; when none does, the channel's order of preference. */
  readonly strategies: readonly Strategy[];
  readonly costs?: Costs;
  readonly capacities?: readonly Capacity[];
  /** What a store lacks of a pickup may come from elsewhere. */
  readonly shipToStore?: boolean;
}

/** `channel`: for this channel alone, instead of for all that have none of their own. */
interface For {
  readonly channel?: string;
}

export type PolicyCommand =
  | Message<'PublishSourcingPolicy', { policyId: string } & Policy>
  | Message<'ActivateSourcingPolicy', { policyId: string; version: number } & For>
  | Message<'DeactivateSourcingPolicy', { policyId: string } & For>;

export type PolicyEvent =
  | Message<'SourcingPolicyPublished', Policy & { version: number }>
  /** It takes the place of whatever was active for the same channel, or for all. */
  | Message<'SourcingPolicyActivated', For & { version: number }>
  | Message<'SourcingPolicyDeactivated', For>;
