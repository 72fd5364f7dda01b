import {
  Countries,
  Id,
  Kind,
  ListMatching,
  LocationId,
  Nested,
  NestedList,
  OneOf,
  Optional,
  SomeOf,
  Whole,
  Yes,
} from '#fields';
import {
  type Capacity,
  type Conditions,
  type Costs,
  type Criterion,
  type CriterionKind,
  type LocationType,
  type Policy,
  type Strategy,
} from '../domain/policy.js';

const CRITERIA: readonly CriterionKind[] = ['priority', 'distance', 'stock', 'capacity', 'cost', 'splits'];
const TYPES: readonly LocationType[] = ['warehouse', 'store', 'showroom', 'dropship'];
const METHODS = ['ship', 'pickup'] as const;
const FALLBACKS: readonly Strategy['fallback'][] = ['any-location', 'backorder', 'reject'];
const MAX_MONEY = 1_000_000_000;
const CODE = /^[a-z0-9][a-z0-9._-]{0,63}$/;
const MAX_CODES = 1_000;

const Codes = (example: string) => ListMatching(CODE, MAX_CODES, example);

export class ConditionsDto implements Conditions {
  @Optional() @Codes('web-uk') readonly channels?: string[];
  @Optional() @Countries(MAX_CODES) readonly countries?: string[];
  /** Value of the goods in minor units of the channel's currency. */
  @Optional() @Whole(0, MAX_MONEY, 10000) readonly minValue?: number;
  @Optional() @Whole(0, MAX_MONEY, 9999) readonly maxValue?: number;
  @Optional() @Whole(1, 1000, 2) readonly minLines?: number;
  @Optional() @Whole(1, 1000, 1) readonly maxLines?: number;
  /** `pickup`: goods that are sent to a pickup store. */
  @Optional() @SomeOf(METHODS) readonly methods?: ('ship' | 'pickup')[];
}

export class CriterionDto implements Criterion {
  @OneOf(CRITERIA) readonly by!: CriterionKind;
  @Whole(1, 1000, 10) readonly weight!: number;
}

export class StrategyDto implements Strategy {
  @Kind('near') readonly name!: string;
  @Optional() @Nested(() => ConditionsDto) readonly when?: ConditionsDto;
  @NestedList(() => CriterionDto, 1, 6) readonly criteria!: CriterionDto[];
  @Optional() @SomeOf(TYPES) readonly locationTypes?: LocationType[];
  @Optional() @Codes('store-12') readonly exclude?: string[];
  @Optional() @Whole(1, 100, 2) readonly maxSplit?: number;
  @OneOf(FALLBACKS) readonly fallback!: Strategy['fallback'];
}

/** Minor units of the channel's currency. */
export class CostsDto implements Costs {
  @Whole(0, MAX_MONEY, 450) readonly perParcel!: number;
  @Whole(0, MAX_MONEY, 1) readonly perKm!: number;
}

export class CapacityDto implements Capacity {
  @LocationId() readonly locationId!: string;
  /** Fulfillments on one day (UTC). */
  @Whole(0, 1_000_000, 40) readonly perDay!: number;
}

export class PublishSourcingPolicyDto implements Policy {
  @Id('near-first') readonly policyId!: string;
  /** The first strategy whose conditions hold is used. */
  @NestedList(() => StrategyDto, 1, 20) readonly strategies!: StrategyDto[];
  @Optional() @Nested(() => CostsDto) readonly costs?: CostsDto;
  @Optional() @NestedList(() => CapacityDto, 0, 1000) readonly capacities?: CapacityDto[];
  /** Whether other locations may send a pickup store what it lacks. */
  @Optional() @Yes() readonly shipToStore?: true;
}

export class DeactivateSourcingPolicyDto {
  @Id('near-first') readonly policyId!: string;
  /** For this channel only; without it, for all channels that have no policy of their own. */
  @Optional() @LocationId() readonly channel?: string;
}

export class ActivateSourcingPolicyDto extends DeactivateSourcingPolicyDto {
  @Whole(1, Number.MAX_SAFE_INTEGER, 1) readonly version!: number;
}
