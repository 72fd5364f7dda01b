/** The version of the policy that a plan rests on, and what it made of the places. */
export interface SourcingDecision {
  readonly policyId: string;
  readonly version: number;
  /** One for all that is shipped, and one for each store where goods may come from elsewhere. */
  readonly judgements: readonly Judgement[];
}

/** When the places that a policy likes have too little: take any, let the best one owe it, or take no order. */
export type Fallback = 'any-location' | 'backorder' | 'reject';

export interface Judgement {
  /** Name of the policy's strategy. */
  readonly strategy: string;
  /** The store that the goods are for; none: the buyer's address. */
  readonly pickupAt?: string;
  /** Best first. */
  readonly scores: readonly { readonly locationId: string; readonly score: number }[];
  readonly excluded: readonly { readonly locationId: string; readonly reason: string }[];
  /** Most places that may share in it. */
  readonly maxSplit?: number;
  readonly fallback: Fallback;
  /** The fallback was needed. */
  readonly fellBack?: true;
}

/** Where goods go, to a tenth of a degree (some ten kilometers): coarse enough to be kept in the clear. */
export interface Near {
  readonly latitude: number;
  readonly longitude: number;
}

export const coarse = ({ latitude, longitude }: Near): Near => ({
  latitude: Math.round(latitude * 10) / 10,
  longitude: Math.round(longitude * 10) / 10,
});
