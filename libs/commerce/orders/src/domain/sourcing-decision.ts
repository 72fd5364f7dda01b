/** The version of the sourcing policy by which a plan was made, and how it ranked the locations. */
export interface SourcingDecision {
  readonly policyId: string;
  readonly version: number;
  /** One for shipped lines, and one for each pickup store that other locations may supply. */
  readonly judgements: readonly RankingDecision[];
}

/** If the ranked locations have too little stock: use any location, sell on backorder at the best one, or reject the order. */
export type Fallback = 'any-location' | 'backorder' | 'reject';

export interface RankingDecision {
  /** Name of the policy's strategy. */
  readonly strategy: string;
  /** The pickup store; absent if the goods go to the buyer's address. */
  readonly pickupAt?: string;
  /** Best first. */
  readonly scores: readonly { readonly locationId: string; readonly score: number }[];
  readonly excluded: readonly { readonly locationId: string; readonly reason: string }[];
  /** Maximum number of locations among which the lines are split. */
  readonly maxSplit?: number;
  readonly fallback: Fallback;
  /** Present if the fallback was needed. */
  readonly fellBack?: true;
}

/** Where goods go, in degrees, rounded to a tenth (about 10 km): too coarse to be personal data. */
export interface ApproximatePosition {
  readonly latitude: number;
  readonly longitude: number;
}

export const roundPosition = ({ latitude, longitude }: ApproximatePosition): ApproximatePosition => ({
  latitude: Math.round(latitude * 10) / 10,
  longitude: Math.round(longitude * 10) / 10,
});
