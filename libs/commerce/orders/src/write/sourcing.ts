import { totalOf } from '#kernel';
import {
  roundPosition,
  type Candidate,
  type ChannelTerms,
  type FulfillmentPlan,
  type ApproximatePosition,
  type OrderDetails,
  type OrderLine,
} from '../domain/order-messages.js';

export type LineToPlan = Pick<OrderLine, 'lineId' | 'sku' | 'quantity' | 'method' | 'locationId'>;

/** Units that the buyer's cart has reserved at a location. */
export interface ReservedCandidate extends Candidate {
  readonly reservationId: string;
}

/** Properties of an order that sourcing policies use. */
export interface SourcingContext {
  /** ISO 3166-1 alpha-2. */
  readonly country?: string;
  readonly near?: ApproximatePosition;
  /** Value of the goods in minor units of the channel's currency; absent if it is too large to be exact. */
  readonly value?: number;
}

export interface SourcingRequest extends SourcingContext {
  readonly orderId: string;
  /** 1 for the first plan of an order, 2 for the next, and so on. */
  readonly attempt: number;
  /** The channel that sold the order. */
  readonly channelId: string;
  readonly lines: readonly LineToPlan[];
  readonly terms: ChannelTerms;
  readonly cartReservations: readonly ReservedCandidate[];
  /** Locations that have refused. If there are any, only units that are known to be in stock are allocated. */
  readonly exclude: readonly string[];
}

/** The port to sourcing. It plans with what it knows rather than wait for availability or fail without it. */
export abstract class Sourcing {
  abstract plan(request: SourcingRequest): Promise<FulfillmentPlan>;
}

export const sourcingContext = (
  { country, near, lines }: Pick<OrderDetails, 'country' | 'near' | 'lines'>,
  currency: string,
): SourcingContext => {
  const value = goodsValue(lines, currency);
  return {
    ...(country !== undefined && { country }),
    ...(near && { near: roundPosition(near) }),
    ...(value !== undefined && { value }),
  };
};

const goodsValue = (lines: OrderDetails['lines'], currency: string) => {
  try {
    return totalOf(lines, currency);
  } catch {
    return undefined; // the decider refuses the order
  }
};
