import { totalOf } from '../domain/order-lines.js';
import { coarse, type FulfillmentPlan, type Near, type OrderDetails } from '../domain/order-messages.js';
import { type PlanRequest } from '../domain/plan-request.js';

/** What an order is to those who look for its goods. */
export interface OrderToSource {
  /** ISO 3166-1 alpha-2. */
  readonly country?: string;
  readonly near?: Near;
  /** Of the goods, in minor units of the channel's currency; undefined when it is too large to be exact. */
  readonly value?: number;
}

export interface SourcingRequest extends Omit<PlanRequest, 'known'>, OrderToSource {
  /** The channel that sells it. */
  readonly channelId: string;
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
    return totalOf(lines, currency);
  } catch {
    return undefined; // the decider says so
  }
};
