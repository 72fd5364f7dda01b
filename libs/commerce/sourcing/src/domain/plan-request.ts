import { type Candidate, type LineToPlan, type SourcingDecision, type SourcingRequest } from '#orders';
import { type LocationRanking } from './location-ranking.js';

export interface PlanRequest extends Pick<
  SourcingRequest,
  'orderId' | 'attempt' | 'lines' | 'terms' | 'cartReservations' | 'exclude'
> {
  /** Undefined if the stock is unknown. */
  readonly knownStock: readonly Candidate[] | undefined;
}

/** One ranking for goods that are shipped, and one for each pickup store that may be supplied by other locations. */
export interface PolicyRankings extends Pick<SourcingDecision, 'policyId' | 'version'> {
  readonly rankings: readonly LocationRanking[];
}

/** Lines that are allocated together. */
export interface SourcingGroup {
  readonly lines: readonly LineToPlan[];
  readonly pickupAt?: string;
  readonly ranking?: LocationRanking;
}
