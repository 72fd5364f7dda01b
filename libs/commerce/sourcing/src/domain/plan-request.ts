/** What a plan is made from. */
import { type Candidate, type LineToPlan, type SourcingDecision, type SourcingRequest } from '#orders';
import { type Guide } from './guide.js';

export interface PlanRequest extends Pick<
  SourcingRequest,
  'orderId' | 'attempt' | 'lines' | 'terms' | 'held' | 'exclude'
> {
  /** Undefined when nothing could be learnt of the stock. */
  readonly known: readonly Candidate[] | undefined;
}

/** A policy's guidance, one for what is shipped, and one for each store where goods may come from elsewhere. */
export interface Guidance extends Pick<SourcingDecision, 'policyId' | 'version'> {
  readonly guides: readonly Guide[];
}

/** Lines that are sourced together. */
export interface Group {
  readonly lines: readonly LineToPlan[];
  readonly pickupAt?: string;
  readonly guide?: Guide;
}
