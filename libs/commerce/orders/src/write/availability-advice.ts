import { type Candidate } from '../domain/order-messages.js';

/** The port to what is known of the stock when an order is planned. It may be stale: the stock streams decide. */
export abstract class AvailabilityAdvice {
  /** Free units of each SKU at each of the locations; places that have none may be left out. */
  abstract available(skus: readonly string[], locationIds: readonly string[]): Promise<readonly Candidate[]>;
}
