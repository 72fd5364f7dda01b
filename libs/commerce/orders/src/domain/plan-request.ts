/** What a plan is made from. */
import { type Guide } from './guide.js';
import { type Candidate, type ChannelTerms, type OrderLine, type SourcingDecision } from './order-messages.js';

export type LineToPlan = Pick<OrderLine, 'lineId' | 'sku' | 'quantity' | 'method' | 'locationId'>;

/** A reservation of the buyer's cart. */
export interface Held extends Candidate {
  readonly reservationId: string;
}

export interface PlanRequest {
  readonly orderId: string;
  readonly attempt: number;
  readonly lines: readonly LineToPlan[];
  readonly terms: ChannelTerms;
  /** Undefined when nothing could be learnt of the stock. */
  readonly known: readonly Candidate[] | undefined;
  readonly held: readonly Held[];
  /** Locations that have refused: then only what is known to be there is planned, be it too little. */
  readonly exclude: readonly string[];
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
