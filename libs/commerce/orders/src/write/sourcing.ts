import { orderTotal } from '../domain/order-lines.js';
import {
  coarse,
  type Candidate,
  type ChannelTerms,
  type FulfillmentPlan,
  type Near,
  type OrderDetails,
  type OrderLine,
} from '../domain/order-messages.js';

export type LineToPlan = Pick<OrderLine, 'lineId' | 'sku' | 'quantity' | 'method' | 'locationId'>;

/** A reservation of the buyer's cart. */
export interface Held extends Candidate {
  readonly reservationId: string;
}

/** What an order is to those who look for its goods. */
export interface OrderToSource {
  /** ISO 3166-1 alpha-2. */
  readonly country?: string;
  readonly near?: Near;
  /** Of the goods, in minor units of the channel's currency; undefined when it is too large to be exact. */
  readonly value?: number;
}

export interface SourcingRequest extends OrderToSource {
  readonly orderId: string;
  /** 1 for the first plan of an order, then one more for each. */
  readonly attempt: number;
  /** The channel that sells it. */
  readonly channelId: string;
  readonly lines: readonly LineToPlan[];
  readonly terms: ChannelTerms;
  readonly held: readonly Held[];
  /** Locations that have refused: then only what is known to be there is planned, be it too little. */
  readonly exclude: readonly string[];
}

/** The port to sourcing: a plan never waits long, and never fails for want of advice. */
export abstract class Sourcing {
  abstract plan(request: SourcingRequest): Promise<FulfillmentPlan>;
}

export const toSource = (
  { country, near, lines }: Pick<OrderDetails, 'country' | 'near' | 'lines'>,
  currency: string,
): OrderToSource => {
  const value = valueOf(lines, currency);
  return {
    ...(country !== undefined && { country }),
    ...(near && { near: coarse(near) }),
    ...(value !== undefined && { value }),
  };
};

const valueOf = (lines: OrderDetails['lines'], currency: string) => {
  try {
    return orderTotal(lines, currency);
  } catch {
    return undefined; // the decider says so
  }
};
